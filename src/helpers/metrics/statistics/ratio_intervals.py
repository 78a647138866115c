"""Ratios of sums over items, such as the word error rate, and other functions of such sums.

Errors over words is a ratio of two sums, and utterances of one speaker resemble each other: whole
groups are drawn, numerators and denominators together. A mean is the ratio with denominators 1.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from helpers.metrics.statistics import intervals
from helpers.metrics.statistics.bootstrap import DEFAULT, Resampling
from helpers.metrics.statistics.intervals import LEAST_UNITS, TAILS, Estimate, undefined, wilson


def ratio_intervals(
    table: NDArray,
    metrics: Mapping[str, Callable[[NDArray], NDArray]],
    resampling: Resampling = DEFAULT,
) -> dict[str, Estimate]:
    """Estimate functions of sums over items, by items or groups.

    The table [N, C] has what each item adds to the sums, such as its errors and its words; metrics
    take sums [..., C] to values [...], 0 or more, NaN where undefined. The limits are the hull of
    one BCa bootstrap's and of the jackknife's on the logarithmic scale, which holds where few
    groups of unequal size bring most of the errors; Student's t widens both.
    """
    rows = resampling.sums(table)
    total, drawn = rows.sum(axis=0), resampling.drawn(rows)
    return {
        name: _ratio(metric, total, drawn, total - rows, resampling.unit)
        for name, metric in metrics.items()
    }


def highest(
    table: NDArray, metric: Callable[[NDArray], NDArray], extra: NDArray, resampling: Resampling
) -> float:
    """Jackknife's upper limit of a function of sums with one more unit than was seen, [C]."""
    rows = np.vstack([resampling.sums(table), extra])
    total = rows.sum(axis=0)
    without = metric(total - rows)
    error = np.sqrt((len(rows) - 1) * without.var())
    return float(metric(total) + stdtrit(len(rows) - 1, TAILS[1]) * error)


def _ratio(
    metric: Callable[[NDArray], NDArray], total: NDArray, drawn: NDArray, left: NDArray, unit: str
) -> Estimate:
    value, count = float(metric(total)), len(left)
    if not np.isfinite(value):
        return undefined("nothing to divide by")
    if count < LEAST_UNITS:
        return intervals.too_few(count, unit, value)
    without, samples = metric(left), metric(drawn)
    if np.ptp(without[np.isfinite(without)]) < 1e-12:
        return _alike(value, int(np.isfinite(metric(total - left)).sum()), unit)
    limits = intervals.bca(value, samples[np.isfinite(samples)], without, np.ones(count))
    low, high = intervals.widened(value, limits, count)
    if value > 0:
        left = without[np.isfinite(without)]
        error = np.sqrt((len(left) - 1) * left.var()) / value
        reach = np.exp(min(stdtrit(len(left) - 1, TAILS[1]) * error, 3))  # beyond it, no news
        low, high = min(low, value / reach), max(high, value * reach)
    return Estimate(value, max(0.0, low), float(high), *intervals.bca_method(unit, count))


def _alike(value: float, count: int, units: str) -> Estimate:
    """Allow for units unlike the ones seen: as many as Wilson's limit, each with a rate of 0 or 1.

    Nothing varies, so nothing shows how errors would cluster: a whole unit may be wrong.
    """
    if count < LEAST_UNITS:
        return undefined(f"only {count} of the {units} have anything to count", value)
    if value > 1:
        return undefined(f"the same in all {count} {units}: nothing to resample", value)
    unseen = wilson(0, count).high
    low, high = value * (1 - unseen), value + (1 - value) * unseen
    return Estimate(value, low, high, f"Wilson at {count} {units}")
