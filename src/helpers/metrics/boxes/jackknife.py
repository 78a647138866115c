"""The jackknife: metrics without each image or group of images."""

import numpy as np
from numpy.typing import NDArray

from helpers.metrics.boxes.resampled import AT_THRESHOLD, class_curves, counts
from helpers.metrics.boxes.table import Matches
from helpers.metrics.statistics.bootstrap import Resampling, group_codes

MOST = 5_000  # left out one after the other; of more, some go together
_CELLS = 4_000_000  # weights held at a time: 4 MB


def pseudo_values(
    matches: Matches, name: str, groups: NDArray | None = None, threshold: float | None = None
) -> NDArray[np.float64]:
    """Write a metric as a mean over images or groups: what each stands for, [U] (jackknife).

    Beyond ``MOST`` units, neighbours are left out together and share what that moves, scaled so
    that the error of the mean stays the same.
    """
    unit, count = group_codes(groups, matches.table.images)
    if name in AT_THRESHOLD:
        assert threshold is not None
        rows = Resampling(groups=groups).sums(counts(matches, threshold))
        total = rows.sum(axis=0)
        value, without = float(AT_THRESHOLD[name](total)), AT_THRESHOLD[name](total - rows)
    else:
        blocks = min(count, MOST)
        block = np.arange(count) * blocks // count
        value, without = left_out(matches, name, block[unit], blocks)
        without = value + (without - value)[block] * np.sqrt(blocks / count)
    without = np.where(np.isfinite(without), without, value)
    away = (count - 1) * (value - without)
    return value + away - away.mean()


def left_out(matches: Matches, name: str, unit: NDArray, count: int) -> tuple[float, NDArray]:
    """Compute a metric of all units, and without each, [U]; only the classes in a unit move.

    A class of which nothing is left keeps its place.
    """
    total, moved, classes = 0.0, np.zeros(count), 0
    for _, curve, picks in class_curves(matches, [name], unit):
        (what, rows), units = picks[name], len(curve.units)
        if not curve.objects.any():
            continue
        value = float(curve.values(np.ones((units, 1)))[what][rows].mean())
        classes, total = classes + 1, total + value
        for at in range(0, units, step := max(1, _CELLS // units)):
            left = np.arange(at, min(units, at + step))
            weights = np.ones((units, len(left)), np.uint8)
            weights[left, np.arange(len(left))] = 0
            without = curve.values(weights)[what][rows].mean(axis=0)
            moved[curve.units[left]] += np.where(np.isfinite(without), without - value, 0)
    return (total / classes, (total + moved) / classes) if classes else (np.nan, moved + np.nan)
