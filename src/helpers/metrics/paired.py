"""Candidates against each other on the same items: paired tests, ranks, what could be seen."""

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import binomtest

from helpers.metrics.classification import SCORE_METRICS
from helpers.metrics.confusion import as_counts
from helpers.metrics.intervals import LEVEL
from helpers.metrics.resampling import group_codes, group_sums, resampled_sums
from helpers.metrics.scores import COUNT_METRICS

POWER = 0.8
_Z = ndtri((1 + LEVEL) / 2)
_REACH = _Z + ndtri(POWER)


@dataclass(frozen=True)
class Pair:
    """Candidate ``a`` minus candidate ``b``, by their positions.

    ``p_holm`` is ``p`` corrected for all pairs, ``error`` the standard error of the difference,
    ``detectable`` the smallest true difference that a test on these items finds in 80 % of tries,
    ``items_needed`` how many items would find the difference seen here as often.
    """

    a: int
    b: int
    difference: float
    low: float
    high: float
    p: float
    p_holm: float
    error: float
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
        Name in ``COUNT_METRICS`` or ``SCORE_METRICS``.
    labels, predictions, scores
        int [N], int [M, N], float [M, N, K] (None where the metric needs no scores).
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
    if metric in SCORE_METRICS:
        parts = [SCORE_METRICS[metric](labels, each) for each in scores]
        values = np.array([value for value, _ in parts])
        influence = group_sums(np.column_stack([each for _, each in parts]), codes, count)
        return values, values + resampled_sums(influence, resamples, seed) / len(labels)
    if metric == "accuracy" and groups is None:
        right = (predictions == labels).T
        return right.mean(axis=0), resampled_sums(right, resamples, seed) / len(labels)
    table = group_sums(_tables(labels, predictions, classes), codes, count)
    sums = np.vstack([table.sum(axis=0), resampled_sums(table, resamples, seed)])
    actual, rest = sums[:, :classes], sums[:, classes:].reshape(len(sums), -1, 2 * classes)
    shared = np.broadcast_to(actual[:, None], (*rest.shape[:2], classes))
    every = COUNT_METRICS[metric](as_counts(np.concatenate([rest, shared], axis=-1), classes))
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
) -> list[Pair]:
    """Compare all candidates in pairs, with Holm's correction over the pairs.

    Accuracy takes the exact McNemar test and Agresti and Min's (2005) interval. Other metrics, and
    accuracy where there are groups, take the paired bootstrap: its percentiles, and the
    difference over its standard error as a normal number.

    Parameters
    ----------
    metric, labels, predictions, groups
        As in ``resampled_metric``.
    values, samples
        What it returned. A candidate without a defined value gives NaN and is not tested.
    """
    codes, units = group_codes(groups, len(labels))
    exact = metric == "accuracy" and groups is None
    found = []
    for a, b in combinations(range(len(predictions)), 2):
        if exact:
            pair = _by_counts(a, b, predictions[a] == labels, predictions[b] == labels)
        else:
            gap, gaps = values[a] - values[b], samples[:, a] - samples[:, b]
            apart = units
            if metric in COUNT_METRICS:
                apart = len(np.unique(codes[predictions[a] != predictions[b]]))
            pair = _by_bootstrap(a, b, gap, gaps, units, len(labels))
            # Swapping the two in each unit where they differ has so many outcomes: no exact
            # test could be surer than one in them.
            pair = replace(pair, p=max(pair.p, min(1.0, 2.0 ** (1 - apart))))
        found.append(pair)
    return _with_holm(found)


def _by_counts(a: int, b: int, right_a: NDArray, right_b: NDArray) -> Pair:
    items, net = len(right_a), int(right_a.sum()) - int(right_b.sum())
    differ = int((right_a != right_b).sum())
    # Half an item in each cell: identical predictions do not prove identical models.
    centre = net / (items + 2)
    error = np.sqrt(differ + 1 - net**2 / (items + 2)) / (items + 2)
    low, high = max(-1.0, centre - _Z * error), min(1.0, centre + _Z * error)
    p = mcnemar(right_a, right_b)
    return _pair(a, b, net / items, low, high, p, error, items, "exact McNemar")


def _by_bootstrap(
    a: int, b: int, difference: float, samples: NDArray, units: int, items: int
) -> Pair:
    method = "paired bootstrap" if units == items else "paired bootstrap over groups"
    samples = samples[np.isfinite(samples)]
    if not np.isfinite(difference) or not len(samples):
        return _pair(a, b, np.nan, np.nan, np.nan, np.nan, np.nan, items, method)
    alike = np.ptp(samples) < 1e-12
    error = 1 / (units + 2) if alike else float(samples.std())
    p = float(2 * ndtr(-abs(difference) / error))
    low, high = np.quantile(samples, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    if alike:  # no resample shows a spread: open towards no difference, and around it
        low -= _Z * error * (difference >= 0)
        high += _Z * error * (difference <= 0)
    low, high = min(low, difference), max(high, difference)
    return _pair(a, b, difference, low, high, p, error, items, method)


def _pair(
    a: int,
    b: int,
    difference: float,
    low: float,
    high: float,
    p: float,
    error: float,
    items: int,
    method: str,
) -> Pair:
    needed = items_needed(difference, error, items)
    numbers = (difference, low, high, p, p, error, detectable_difference(error), needed)
    return Pair(a, b, *map(float, numbers), method)


def _with_holm(pairs: list[Pair]) -> list[Pair]:
    corrected = holm(np.array([pair.p for pair in pairs]))
    return [replace(pair, p_holm=float(p)) for pair, p in zip(pairs, corrected, strict=True)]


def holm(p: NDArray) -> NDArray[np.float64]:
    """Correct p-values [T] for their number (Holm, 1979); NaN stays out of the count."""
    corrected = np.full(len(p), np.nan)
    order = np.argsort(p, kind="stable")[: np.isfinite(p).sum()]
    steps = p[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return corrected


def detectable_difference(error: float) -> float:
    """Smallest true difference that a two-sided 5 % test finds in 80 % of tries."""
    return _REACH * error


def items_needed(difference: float, error: float, items: int) -> float:
    """Count the items that would find a difference in 80 % of tries; infinite for none at all.

    Parameters
    ----------
    difference, error
        Of the pair, and its standard error on ``items`` items.
    """
    if difference == 0:
        return np.inf
    return np.ceil(items * (_REACH * error / difference) ** 2)


def items_for_accuracy(difference: float, disagreement: float) -> int:
    """Count the items that find a difference in accuracy in 80 % of tries.

    Parameters
    ----------
    difference
        In accuracy, such as 0.02 for two points.
    disagreement
        Share of the items that only one of the two has right.
    """
    return int(np.ceil(_REACH**2 * (disagreement - difference**2) / difference**2))


def rank_intervals(
    pairs: list[Pair], candidates: int, lower_is_better: bool = False
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
