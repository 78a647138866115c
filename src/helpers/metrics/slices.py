"""A metric slice by slice, and whether the slices differ by more than chance."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from helpers.metrics import registry
from helpers.metrics.confusion_intervals import as_counts, count_intervals, unit_table
from helpers.metrics.statistics.bootstrap import DEFAULT, Resampling, group_codes, group_sums
from helpers.metrics.statistics.intervals import Estimate

PERMUTATIONS = 1000
_BATCH = 20  # divisions whose metrics are computed at once


@dataclass(frozen=True)
class Slices:
    """A metric of each slice, and whether the slices differ by more than chance.

    ``gap`` is the largest difference of two slices, ``usual_gap`` its median for slices drawn at
    random; ``p`` is the share of random divisions whose slices vary at least as much.
    """

    names: list[str]
    sizes: list[int]
    estimates: list[Estimate]
    gap: float
    usual_gap: float
    p: float


def by_slice(
    metric: str,
    labels: NDArray,
    predictions: NDArray,
    classes: int,
    slices: NDArray,
    resampling: Resampling = DEFAULT,
) -> Slices:
    """Estimate a metric of counts in each slice [N]; arguments as in ``count_intervals``."""

    def estimate(part: NDArray) -> Estimate:
        options = (classes, resampling.part(part), metric)
        return count_intervals(labels[part], predictions[part], *options)[metric]

    def value(sums: NDArray) -> NDArray:
        return registry.functions("counts")[metric](as_counts(sums, classes))

    table = unit_table(labels, predictions, classes)
    return divide(slices, estimate, table, np.ones(len(table)), value, resampling)


def divide(
    slices: NDArray,
    estimate: Callable[[NDArray], Estimate],
    table: NDArray,
    weights: NDArray,
    metric: Callable[[NDArray], NDArray],
    resampling: Resampling = DEFAULT,
) -> Slices:
    """Estimate a metric in each slice [N], and test whether the slices differ at all.

    ``estimate`` takes a mask of items [N], ``metric`` sums [..., C] over rows of the table [N, C].
    The test permutes the slices over whole groups, and within a group that lies in several slices
    over its items. Its statistic is the variance of the metric between slices: unlike the largest
    gap, it does not drown in the noise of the smallest two. An item counts in it by its weight [N]:
    what its part of the metric is divided by.
    """
    names, codes = np.unique(np.asarray(slices).astype(str), return_inverse=True)
    parts = [codes == code for code in range(len(names))]
    estimates = [estimate(part) for part in parts]
    gaps, spreads = _divisions(np.column_stack([table, weights]), metric, codes, resampling)
    p = gap = usual = np.nan
    if np.isfinite(gaps[0]):
        null = spreads[1:][np.isfinite(gaps[1:])]
        p = float((1 + np.sum(null >= spreads[0] * (1 - 1e-9))) / (1 + len(null)))
        gap, usual = float(gaps[0]), float(np.nanmedian(gaps[1:]))
    return Slices(names.tolist(), np.bincount(codes).tolist(), estimates, gap, usual, p)


def _divisions(
    table: NDArray, metric: Callable[[NDArray], NDArray], codes: NDArray, resampling: Resampling
) -> tuple[NDArray, NDArray]:
    """Largest gap and variance between slices, as they are and with the slices permuted."""
    units, slice_of, strata = _units(table, codes, resampling.groups)
    random, columns = np.random.default_rng(resampling.seed), csr_array(units.T)
    gaps, spreads = [], []
    for start in range(0, PERMUTATIONS + 1, _BATCH):
        many = min(_BATCH, PERMUTATIONS + 1 - start)
        # sorted by stratum, so that a number below 1 added to each permutes within it
        order = np.argsort(strata[:, None] + random.random((len(strata), many)), axis=0)
        if start == 0:
            order[:, 0] = np.arange(len(strata))
        drawn = slice_of[order][:, :, None] == np.arange(codes.max() + 1)
        sums = (columns @ drawn.reshape(len(units), -1).astype(float)).T
        values, size = metric(sums[:, :-1]).reshape(many, -1), sums[:, -1].reshape(many, -1)
        # the variance between slices, over those where the metric is defined
        defined = np.isfinite(values)
        size, values = size * defined, np.where(defined, values, 0)
        mean = (size * values).sum(axis=1) / np.maximum(size.sum(axis=1), 1e-9)
        spreads.append((size * (values - mean[:, None]) ** 2).sum(axis=1))
        highest = np.where(defined, values, -np.inf).max(axis=1)
        lowest = np.where(defined, values, np.inf).min(axis=1)
        gaps.append(np.where(defined.sum(axis=1) > 1, highest - lowest, np.nan))
    return np.concatenate(gaps), np.concatenate(spreads)


def _units(
    table: NDArray, codes: NDArray, groups: NDArray | None
) -> tuple[NDArray, NDArray, NDArray]:
    """Sum what is permuted as a whole: groups of one slice, and single items of other groups.

    Returns sums [U, C], the slice of each [U], and its stratum [U] in ascending order: 0 for whole
    groups, which change slices with each other; a number for each group in several slices.
    """
    group_of, count = group_codes(groups, len(codes))
    least, most = np.full(count, len(codes)), np.zeros(count, int)
    np.minimum.at(least, group_of, codes)
    np.maximum.at(most, group_of, codes)
    split = (least < most)[group_of]  # its group lies in several slices
    stratum = np.where(split, group_of + 1, 0)
    unit = np.where(split, np.arange(len(codes)), group_of)
    keys = np.column_stack([stratum, unit])
    _, first, unit_of = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return group_sums(table, unit_of.ravel(), len(first)), codes[first], stratum[first]
