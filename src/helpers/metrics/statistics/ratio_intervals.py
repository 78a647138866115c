"""Ratios of sums over items, such as the word error rate, and other functions of such sums.

Errors over words is a ratio of two sums, and utterances of one speaker resemble each other: whole
groups are drawn, numerators and denominators together. A mean is the ratio with denominators 1.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from helpers.metrics.statistics.bootstrap import group_codes, group_sums, resampled_sums
from helpers.metrics.statistics.intervals import (
    LEAST_UNITS,
    Estimate,
    bca,
    capped,
    few_groups,
    undefined,
    widened,
    wilson,
)


def ratio_intervals(
    table: NDArray,
    metrics: Mapping[str, Callable[[NDArray], NDArray]],
    resamples: int = 2000,
    seed: int = 0,
    groups: NDArray | None = None,
) -> dict[str, Estimate]:
    """Estimate functions of sums over items by one BCa bootstrap over items or groups.

    Parameters
    ----------
    table
        What each item adds to the sums [N, C], such as its errors and its words.
    metrics
        Name, and the function from sums [..., C] to values [...]: 0 or more, NaN where undefined.
    resamples, seed, groups
        Of the bootstrap; with groups [N], whole groups are drawn. The limits are widened as
        Student's t has it for so many items or groups.
    """
    rows = group_sums(table, *group_codes(groups, len(table)))
    total, drawn = rows.sum(axis=0), resampled_sums(rows, resamples, seed)
    units = "items" if groups is None else "groups"
    return {name: _ratio(of, total, drawn, total - rows, units) for name, of in metrics.items()}


def _ratio(
    of: Callable[[NDArray], NDArray], total: NDArray, drawn: NDArray, left: NDArray, units: str
) -> Estimate:
    value, count = float(of(total)), len(left)
    if not np.isfinite(value):
        return undefined("nothing to divide by")
    if count < LEAST_UNITS:
        return undefined(f"only {count} {units}: too few to resample", value)
    without, samples = of(left), of(drawn)
    if np.ptp(without[np.isfinite(without)]) < 1e-12:
        return _alike(value, int(np.isfinite(of(total - left)).sum()), units)
    limits = bca(value, samples[np.isfinite(samples)], without, np.ones(count))
    low, high = widened(value, limits, count)
    method, note = "BCa bootstrap over items", ""
    if units == "groups":
        method, note = "BCa cluster bootstrap over groups", few_groups(count)
    return Estimate(value, max(0.0, low), high, method, note)


def _alike(value: float, count: int, units: str) -> Estimate:
    """Allow for units that none was seen of: as many as Wilson's limit, each with a rate of 0 or 1.

    Nothing varies, so that nothing says how errors would cluster: a whole unit may be wrong.
    """
    if count < LEAST_UNITS:
        return undefined(f"only {count} of the {units} have anything to count", value)
    if value > 1:
        return undefined(f"the same in all {count} {units}: nothing to resample", value)
    unseen = wilson(0, count).high
    low, high = value * (1 - unseen), value + (1 - value) * unseen
    return Estimate(value, low, high, f"Wilson at {count} {units}")


def share(
    hits: NDArray, resamples: int = 2000, seed: int = 0, groups: NDArray | None = None
) -> Estimate:
    """Estimate the share of items [N] that are hit: Wilson's interval, or by group."""
    if groups is None or not len(hits):
        return wilson(int(hits.sum()), len(hits))
    table = np.column_stack([hits, np.ones(len(hits))])
    metrics = {"share": lambda sums: sums[..., 0] / sums[..., 1]}
    return capped(ratio_intervals(table, metrics, resamples, seed, groups)["share"])
