"""Candidates against each other on the same items: paired tests, ranks, what could be seen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr, stdtrit
from scipy.stats import binomtest

from helpers.metrics import registry
from helpers.metrics.confusion_intervals import as_counts
from helpers.metrics.probabilistic import influence
from helpers.metrics.statistics.bootstrap import group_codes, group_sums, resampled_sums
from helpers.metrics.statistics.intervals import FEW_GROUPS, LEVEL
from helpers.metrics.statistics.multiple_testing import holm
from helpers.metrics.statistics.power import detectable_difference, items_needed
from helpers.metrics.unit_contributions import UnitParts

_Z = ndtri((1 + LEVEL) / 2)
_LEAST = 5  # differing units below which Student's t would widen beyond use


@dataclass(frozen=True)
class Pair:
    """Candidate ``a`` minus candidate ``b``, by their positions.

    ``p_holm`` is ``p`` corrected for all pairs, ``error`` the standard error of the difference,
    ``freedom`` the degrees of freedom of its test; ``detectable`` the smallest true difference
    that the corrected test on these items finds in 80 % of tries, ``items_needed`` how many items
    would find the difference seen here as often.
    """

    a: int
    b: int
    difference: float
    low: float
    high: float
    p: float
    p_holm: float
    error: float
    freedom: float
    detectable: float
    items_needed: float
    method: str


def mcnemar(right_a: NDArray, right_b: NDArray) -> float:
    """Test whether two candidates are right equally often (McNemar, 1947; exact, two-sided).

    Parameters
    ----------
    right_a, right_b
        Which items each has right, bool [N]. Where they never differ, p is 1.
    """
    only_a = int(np.sum(right_a & ~right_b))
    differ = int(np.sum(right_a != right_b))
    return float(binomtest(only_a, differ).pvalue) if differ else 1.0


def resampled_metric(
    metric: str,
    labels: NDArray,
    predictions: NDArray,
    scores: NDArray | None,
    classes: int,
    resamples: int = 2000,
    seed: int = 0,
    groups: NDArray | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute a metric of all candidates on the items and on resamples drawn alike for all.

    Parameters
    ----------
    metric
        A metric of counts or of scores.
    labels, predictions, scores
        int [N], int [M, N], and one float [N, K] or None for each candidate (None for all where
        the metric needs no scores).
    classes, resamples, seed
        Number of classes; of the bootstrap.
    groups
        Of items that are not independent [N]; whole groups are drawn then.

    Returns
    -------
    values, samples
        [M] and [R, M]. Metrics of scores are linearised: exact for means, DeLong's covariance for
        the ROC area.
    """
    codes, count = group_codes(groups, len(labels))
    if registry.needs_scores(metric):
        nothing, entry = (np.nan, np.full(len(labels), np.nan)), registry.METRICS[metric]
        parts = [nothing if s is None else influence(entry, labels, s) for s in scores]
        values = np.array([value for value, _ in parts])
        moved = group_sums(np.column_stack([each for _, each in parts]), codes, count)
        return values, values + resampled_sums(moved, resamples, seed) / len(labels)
    if metric == "accuracy" and groups is None:
        right = (predictions == labels).T
        return right.mean(axis=0), resampled_sums(right, resamples, seed) / len(labels)
    table = group_sums(_tables(labels, predictions, classes), codes, count)
    sums = np.vstack([table.sum(axis=0), resampled_sums(table, resamples, seed)])
    actual, rest = sums[:, :classes], sums[:, classes:].reshape(len(sums), -1, 2 * classes)
    shared = np.broadcast_to(actual[:, None], (*rest.shape[:2], classes))
    joined = as_counts(np.concatenate([rest, shared], axis=-1), classes)
    every = registry.functions("counts")[metric](joined)
    return every[0], every[1:]


def _tables(labels: NDArray, predictions: NDArray, classes: int) -> NDArray[np.float32]:
    """Write each item's actual, then hits and predicted of each candidate, [N, K + 2KM]."""
    eye = np.eye(classes, dtype=np.float32)
    actual = eye[labels]
    columns = [actual]
    for each in predictions:
        columns += [actual * eye[each], eye[each]]
    return np.hstack(columns)


def compare_all(
    metric: str,
    labels: NDArray,
    predictions: NDArray,
    values: NDArray,
    samples: NDArray,
    groups: NDArray | None = None,
    scores: NDArray | None = None,
) -> list[Pair]:
    """Compare all candidates in pairs, with Holm's correction over the pairs.

    Accuracy takes the exact McNemar test and Agresti and Min's (2005) interval. Other metrics, and
    accuracy where there are groups, take the paired bootstrap: its percentiles, and the
    difference over its standard error, both widened as Student's t has it for the units in which
    the two differ. Where these are few, the exact swap test decides if its p is larger.

    Parameters
    ----------
    metric, labels, predictions, groups, scores
        As in ``resampled_metric``.
    values, samples
        What it returned. A candidate without a defined value gives NaN and is not tested.
    """
    if metric == "accuracy" and groups is None:
        right = predictions == labels
        every = combinations(range(len(predictions)), 2)
        found = [_by_counts(a, b, right[a], right[b]) for a, b in every]
        return corrected(found, len(labels))
    codes, units = group_codes(groups, len(labels))
    parts = UnitParts(metric, labels, predictions, scores, codes, units)
    found = []
    for a, b in combinations(range(len(predictions)), 2):
        gap, gaps = values[a] - values[b], samples[:, a] - samples[:, b]
        swaps = partial(parts.swapped, a, b)
        apart = parts.apart(a, b)
        pair = pair_from_samples(a, b, gap, gaps, units, len(labels), apart, swaps)
        found.append(pair)
    return corrected(found, len(labels))


def _by_counts(a: int, b: int, right_a: NDArray, right_b: NDArray) -> Pair:
    items, net = len(right_a), int(right_a.sum()) - int(right_b.sum())
    differ = int((right_a != right_b).sum())
    # Half an item in each cell: identical predictions do not prove identical models.
    centre = net / (items + 2)
    error = np.sqrt(differ + 1 - net**2 / (items + 2)) / (items + 2)
    low, high = max(-1.0, centre - _Z * error), min(1.0, centre + _Z * error)
    p = mcnemar(right_a, right_b)
    return _pair(a, b, net / items, low, high, p, error, np.inf, items, "exact McNemar")


def pair_from_samples(
    a: int,
    b: int,
    difference: float,
    samples: NDArray,
    units: int,
    items: int,
    apart: int,
    exact: Callable[[], float],
) -> Pair:
    """Make a pair of resampled differences.

    Parameters
    ----------
    a, b, difference, samples
        Positions; the difference, and on resamples [R].
    units, items, apart
        Units that were drawn (items or groups), items, units in which the two differ.
    exact
        The exact test, asked only where ``apart`` is small; the larger p counts.
    """
    method = "paired bootstrap" if units == items else "paired bootstrap over groups"
    samples = samples[np.isfinite(samples)]
    if not np.isfinite(difference) or not len(samples):
        return _pair(a, b, *[np.nan] * 6, items, method)
    alike = np.ptp(samples) < 1e-12
    seen = max(apart, _LEAST)
    error = 1 / (units + 2) if alike else float(samples.std() * np.sqrt(seen / (seen - 1)))
    p = float(2 * stdtr(seen - 1, -abs(difference) / error))
    wider = stdtrit(seen - 1, (1 + LEVEL) / 2) / _Z * np.sqrt(seen / (seen - 1))
    limits = np.quantile(samples, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    low, high = difference + wider * (limits - difference)
    if alike:  # no resample shows a spread: open towards no difference, and around it
        low -= _Z * error * (difference >= 0)
        high += _Z * error * (difference <= 0)
    low, high = min(low, difference), max(high, difference)
    if apart < FEW_GROUPS and (surer := exact()) > p:
        p, method = surer, f"{method}, exact swaps"
    return _pair(a, b, difference, low, high, p, error, seen - 1, items, method)


def _pair(
    a: int,
    b: int,
    difference: float,
    low: float,
    high: float,
    p: float,
    error: float,
    freedom: float,
    items: int,
    method: str,
) -> Pair:
    """Make a pair that is the only one."""
    numbers = (difference, low, high, p, p, error, freedom, np.nan, np.nan)
    return _with_power(Pair(a, b, *map(float, numbers), method), items, 1)


def corrected(pairs: list[Pair], items: int) -> list[Pair]:
    """Correct for the number of pairs (Holm, 1979), the power of each as that of its step."""
    p = np.array([pair.p for pair in pairs])
    return [
        _with_power(replace(pair, p_holm=float(after)), items, max(1, np.sum(p >= pair.p)))
        for pair, after in zip(pairs, holm(p), strict=True)
    ]


def _with_power(pair: Pair, items: int, tests: int) -> Pair:
    """Say what the test of a pair shows, and what it would take, ``tests`` sharing its level."""
    level = (1 - LEVEL) / tests
    detectable = detectable_difference(pair.error, level, pair.freedom)
    needed = items_needed(pair.difference, pair.error, items, level, pair.freedom)
    return replace(pair, detectable=float(detectable), items_needed=float(needed))


def rank_intervals(
    pairs: Iterable[Pair], candidates: int, lower_is_better: bool = False
) -> NDArray[np.int64]:
    """Best and worst rank [M, 2] that the tests leave open to each candidate, from 1.

    A candidate may be first unless another one is better by a corrected test, and so on: with the
    probability of the level, all true ranks lie inside together. (Percentiles of resampled ranks
    do not cover when candidates tie.)
    """
    better, worse = np.zeros(candidates, int), np.zeros(candidates, int)
    for pair in pairs:
        if pair.p_holm < 1 - LEVEL:
            winner, loser = (
                (pair.a, pair.b) if (pair.difference > 0) != lower_is_better else (pair.b, pair.a)
            )
            worse[winner] += 1
            better[loser] += 1
    return np.column_stack([1 + better, candidates - worse])
