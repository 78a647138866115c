"""Candidates compared in pairs on the same items: tests, power, and the ranks left open."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr, stdtrit

from helpers.metrics.cross_validation import FoldScores
from helpers.metrics.ranking_intervals import difference_limits, ranking_interval
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import FEW_GROUPS, LEAST_UNITS, LEVEL, TAILS
from helpers.metrics.statistics.multiple_testing import holm
from helpers.metrics.statistics.permutation import least_p
from helpers.metrics.statistics.power import Power, mcnemar
from helpers.metrics.unit_contributions import Answers, UnitContributions

_Z = ndtri(TAILS[1])
_LEAST = 5  # differing units below which Student's t would make intervals useless
_ENOUGH = 100  # items from which on percentiles hold: of 30 to 50 losses, 91 to 92 times in 100


@dataclass(frozen=True)
class Pair:
    """Candidate ``a`` minus candidate ``b``, by their positions.

    ``p_holm`` is ``p`` corrected for all pairs, ``error`` the standard error of the difference.
    With 80 % power the corrected test finds a true difference of ``detectable`` on these items, and
    those at the interval's limits on ``items_low`` to ``items_high`` (infinity where it holds 0).
    """

    a: int
    b: int
    difference: float = np.nan
    low: float = np.nan
    high: float = np.nan
    p: float = np.nan
    p_holm: float = np.nan
    error: float = np.nan
    detectable: float = np.nan
    items_low: float = np.nan
    items_high: float = np.nan
    method: str = ""
    power: Power | None = None


@dataclass(frozen=True, eq=False)
class Difference:
    """The difference of two candidates, and on resamples [R] of their ``units`` out of ``items``.

    The units are items or groups; the two candidates differ in ``differing`` of them. Their spread
    has at most ``freedom`` degrees of freedom, where few of these units bring most of it, and a
    standard error of ``least`` or more.
    """

    value: float
    samples: NDArray[np.float64]
    units: int
    items: int
    differing: int
    freedom: float = np.inf
    least: float = 0.0


def compare_all(metric: str, answers: Answers, values: NDArray, samples: NDArray) -> list[Pair]:
    """Compare all pairs of candidates, with Holm's correction over them; see ``pairing``."""
    pair = pairing(metric, answers, values, samples)
    return corrected([pair(a, b) for a, b in combinations(range(len(answers.predictions)), 2)])


def pairing(
    metric: str, answers: Answers, values: NDArray, samples: NDArray
) -> Callable[[int, int], Pair]:
    """Return the function that compares two candidates, by their positions.

    Accuracy takes the exact McNemar test and Agresti and Min's (2005) interval. Other metrics, and
    accuracy where there are groups, take the paired bootstrap: its percentiles, and the
    difference over its standard error, both widened as Student's t has it for the units in which
    the two differ. Where these are few, the exact swap test decides if its p is larger. A candidate
    without a defined value gives NaN and is not tested.
    """
    if metric == "accuracy" and answers.groups is None:
        right = answers.predictions == answers.labels
        return lambda a, b: _by_counts(a, b, right[a], right[b])
    contributions, drawn = UnitContributions(metric, answers), Resampling(groups=answers.groups)
    scores = [np.asarray(each) for each in answers.scores]
    own = cache(lambda k: ranking_interval(metric, answers.labels, scores[k], drawn))

    def compared(a: int, b: int) -> Pair:
        value, resampled = values[a] - values[b], samples[:, a] - samples[:, b]
        many = contributions.units, len(answers.labels), contributions.differing_units(a, b)
        freedom = contributions.freedom(a, b) if np.isfinite(value) else np.inf
        least = contributions.swap_error(a, b) if np.isfinite(value) else 0.0
        difference = Difference(value, resampled, *many, freedom, least)
        pair = pair_from_samples(a, b, difference, partial(contributions.swap_p, a, b))
        if metric != "roc-auc" or np.isnan(pair.low):
            return pair
        low, high = difference_limits(own(a), own(b), samples[:, [a, b]])
        return replace(pair, low=min(pair.low, low), high=max(pair.high, high))

    return compared


def _by_counts(a: int, b: int, right_a: NDArray, right_b: NDArray) -> Pair:
    items, net = len(right_a), int(right_a.sum()) - int(right_b.sum())
    differ = int((right_a != right_b).sum())
    # Half an item in each cell: identical predictions do not prove identical models.
    centre = net / (items + 2)
    error = float(np.sqrt(differ + 1 - net**2 / (items + 2)) / (items + 2))
    low, high = max(-1.0, centre - _Z * error), min(1.0, centre + _Z * error)
    p = mcnemar(right_a, right_b)
    power = Power(items, error, disagreement=differ / items)
    return Pair(a, b, net / items, low, high, p, p, error, method="exact McNemar", power=power)


def pair_from_samples(a: int, b: int, difference: Difference, exact_p: Callable[[], float]) -> Pair:
    """Make a pair of the candidates at two positions from resampled differences.

    The exact test is run only where few units differ; the larger p counts.
    """
    d = difference
    method = "paired bootstrap" if d.units == d.items else "paired bootstrap over groups"
    value, samples = float(d.value), d.samples[np.isfinite(d.samples)]
    if not np.isfinite(value) or not len(samples):
        return Pair(a, b, method=method)
    # 1. The standard error, with Bessel's correction for the units that tell the two apart.
    same = np.ptp(samples) < 1e-12
    telling = max(min(d.differing, d.freedom + 1), _LEAST)
    shrinkage = np.sqrt(telling / (telling - 1))
    error = 1 / (d.units + 2) if same else float(samples.std() * shrinkage)
    error *= (stretch := max(1.0, d.least / error))
    # 2. Student's t test of the difference over it, no surer than all that swaps can be.
    p = max(least_p(d.differing), float(2 * stdtr(telling - 1, -abs(value) / error)))
    # 3. The percentiles, moved away by t instead of z; of few or groups no nearer than the test's.
    wider = stdtrit(telling - 1, TAILS[1]) / _Z * shrinkage * stretch
    low, high = value + wider * (np.quantile(samples, TAILS) - value)
    reach = float(stdtrit(telling - 1, TAILS[1])) * error * (d.units < max(d.items, _ENOUGH))
    low, high = min(low, value - reach), max(high, value + reach)
    # 4. Where no resample shows a spread: open towards no difference, and around it.
    low -= same * _Z * error * (value >= 0)
    high += same * _Z * error * (value <= 0)
    # 5. The exact test takes over where few units differ and it is less sure.
    if d.differing < FEW_GROUPS and (exact := exact_p()) > p:
        p, method = exact, f"{method}, exact swaps"
    alone = d.units < min(LEAST_UNITS, d.items)  # as for one candidate, no interval
    low, high = (np.nan, np.nan) if alone else (float(min(low, value)), float(max(high, value)))
    power = Power(d.items, error, telling - 1, d.units)
    return Pair(a, b, value, low, high, p, p, error, method=method, power=power)


def pairing_in_folds(
    scores: Callable[[int, int], FoldScores], values: NDArray, items: int
) -> Callable[[int, int], Pair]:
    """Return the corrected resampled t test of two candidates, by the scores in their folds."""

    def pair(a: int, b: int) -> Pair:
        found, difference = scores(a, b), float(values[a] - values[b])
        method = f"corrected resampled t over {len(found.parts)} folds"
        apart = found.parts[:, :1] - found.parts[:, 1:]
        if not np.isfinite(difference):
            return Pair(a, b, method=method)
        error = max(found.least, float(np.sqrt(found.covariance(apart)[0, 0])))
        if np.ptp(apart) < 1e-12:  # the same in every fold: no proof of identical models
            error = 1 / (items + 2)
        p = max(least_p(found.units), float(2 * stdtr(found.freedom, -abs(difference) / error)))
        reach = float(stdtrit(found.freedom, TAILS[1])) * error
        limits = difference - reach, difference + reach
        power = Power(items, error, found.freedom, found.units)
        return Pair(a, b, difference, *limits, p, p, error, method=method, power=power)

    return pair


def corrected(pairs: list[Pair]) -> list[Pair]:
    """Correct for the number of pairs (Holm, 1979), the power of each as that of its step."""
    p = np.array([pair.p for pair in pairs])
    return [
        _with_power(replace(pair, p_holm=float(after)), max(1, int(np.sum(p >= pair.p))))
        for pair, after in zip(pairs, holm(p), strict=True)
    ]


def _with_power(pair: Pair, tests: int) -> Pair:
    """Compute what ``tests`` of one level can detect; items grow with the square of what it is."""
    if pair.power is None:
        return pair
    detectable, items = pair.power.detectable((1 - LEVEL) / tests), pair.power.items
    # The error to be outdone is itself an estimate, as loose as that of heavy tails.
    spare = np.sqrt(1 + 4 * (pair.difference / pair.power.error) ** 2 / pair.power.freedom)
    limits = pair.difference + spare * (np.array([pair.low, pair.high]) - pair.difference)
    high, low = (items * (detectable / max(size, 1e-12)) ** 2 for size in np.sort(abs(limits)))
    high *= np.inf if limits.prod() <= 0 else 1
    return replace(pair, detectable=detectable, items_low=low, items_high=high)


def rank_intervals(
    pairs: Iterable[Pair], candidates: int, lower_is_better: bool = False
) -> NDArray[np.int64]:
    """Best and worst rank [M, 2] that the tests leave open to each candidate, from 1.

    A candidate may be first unless another one is better by a corrected test, and so on: all true
    ranks lie inside together with the probability of the level.
    """
    better, worse = np.zeros(candidates, int), np.zeros(candidates, int)
    for pair in pairs:
        if pair.p_holm < 1 - LEVEL:
            a_wins = (pair.difference > 0) != lower_is_better
            winner, loser = (pair.a, pair.b) if a_wins else (pair.b, pair.a)
            worse[winner] += 1
            better[loser] += 1
    return np.column_stack([1 + better, candidates - worse])
