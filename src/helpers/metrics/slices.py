"""A metric slice by slice, and whether the largest gap between slices is more than chance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.metrics.confusion import count_intervals
from helpers.metrics.intervals import Estimate
from helpers.metrics.resampling import group_codes
from helpers.metrics.scores import COUNT_METRICS, counts

PERMUTATIONS = 1000
_TOGETHER = 100  # divisions whose metrics are computed at once


@dataclass(frozen=True)
class Slices:
    """A metric of each slice, the largest gap, and what chance alone would make of it.

    ``null_gap`` is what one division in twenty exceeds when the slices are drawn at random, and
    ``p`` the share of random divisions with a gap as large as this one.
    """

    names: list[str]
    sizes: list[int]
    estimates: list[Estimate]
    gap: float
    null_gap: float
    p: float


def by_slice(
    metric: str,
    labels: NDArray,
    predictions: NDArray,
    classes: int,
    slices: NDArray,
    resamples: int = 2000,
    seed: int = 0,
    groups: NDArray | None = None,
) -> Slices:
    """Estimate a metric of ``COUNT_METRICS`` in each slice.

    Parameters
    ----------
    metric, labels, predictions, classes, resamples, seed, groups
        As in ``count_intervals``.
    slices
        Name of each item's slice [N].
    """
    names, codes = np.unique(np.asarray(slices).astype(str), return_inverse=True)
    sizes = np.bincount(codes).tolist()
    found = []
    for code in range(len(names)):
        part = codes == code
        own = None if groups is None else np.asarray(groups)[part]
        options = (classes, resamples, seed, own, metric)
        found.append(count_intervals(labels[part], predictions[part], *options)[metric])
    gap, null = _gaps(metric, labels * classes + predictions, classes, codes, groups, seed)
    if not np.isfinite(gap):
        return Slices(names.tolist(), sizes, found, np.nan, np.nan, np.nan)
    p = float((1 + np.sum(null >= gap - 1e-12)) / (1 + len(null)))
    return Slices(names.tolist(), sizes, found, gap, float(np.quantile(null, 0.95)), p)


def _gaps(
    metric: str,
    cells: NDArray,
    classes: int,
    codes: NDArray,
    groups: NDArray | None,
    seed: int,
) -> tuple[float, NDArray[np.float64]]:
    """Largest gap of the metric between slices, as it is and with the slices shuffled."""
    random = np.random.default_rng(seed)
    count = codes.max() + 1
    group_of, group_count = group_codes(groups, len(codes))
    slice_of = np.zeros(group_count, int)
    slice_of[group_of] = codes
    whole = bool(np.array_equal(slice_of[group_of], codes))  # no group lies in two slices
    gaps = []
    for start in range(0, PERMUTATIONS + 1, _TOGETHER):
        table = np.empty((min(_TOGETHER, PERMUTATIONS + 1 - start), count * classes**2))
        for row in table:
            row[:] = np.bincount(codes * classes**2 + cells, minlength=len(row))
            codes = random.permutation(slice_of)[group_of] if whole else random.permutation(codes)
        values = COUNT_METRICS[metric](counts(table.reshape(-1, count, classes, classes)))
        known = np.isfinite(values)
        high = np.where(known, values, -np.inf).max(axis=1)
        low = np.where(known, values, np.inf).min(axis=1)
        gaps.append(np.where(known.sum(axis=1) > 1, high - low, np.nan))
    gaps = np.concatenate(gaps)
    return float(gaps[0]), gaps[1:][np.isfinite(gaps[1:])]
