"""What each image or group stands for in a metric: how the metric moves as it counts a bit more.

The infinitesimal jackknife (Jaeckel, 1972) in closed form. Leaving images out one after the other
would cost as much as a bootstrap, and moves every object over the steps of COCO's grid of recalls.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from helpers.metrics.boxes.class_curves import ClassCurve
from helpers.metrics.boxes.resampled import AT_THRESHOLD, class_curves, counts
from helpers.metrics.boxes.table import Matches
from helpers.metrics.statistics.bootstrap import Resampling, group_codes


def pseudo_values(
    matches: Matches, name: str, groups: NDArray | None = None, threshold: float | None = None
) -> NDArray[np.float64]:
    """Write a metric as a mean over images or groups: what each stands for, [U].

    Metrics at a threshold need one. All are NaN where the metric is undefined.
    """
    unit, count = group_codes(groups, matches.table.images)
    if name in AT_THRESHOLD:
        assert threshold is not None, f"{name} needs a threshold"
        rows = Resampling(groups=groups).sums(counts(matches, threshold))
        value = float(AT_THRESHOLD[name](rows.sum(axis=0)))
        moved = (count - 1) / count * (value - AT_THRESHOLD[name](rows.sum(axis=0) - rows))
        moved = np.where(np.isfinite(moved), moved, 0.0)
    else:
        total, classes, moved = 0.0, 0, np.zeros(count)
        for _, curve, picks in class_curves(matches, [name], unit):
            if curve.objects.any():
                what, at = picks[name]
                ones = np.ones((len(curve.units), 1))
                total, classes = total + curve.values(ones)[what][at].mean(), classes + 1
                moved[curve.units] += influences(curve)[what][at].mean(axis=0)
        value = float(total / classes) if classes else np.nan
        moved /= max(classes, 1)
    return value + count * (moved - moved.mean())


def influences(curve: ClassCurve) -> dict[str, NDArray[np.float64]]:
    """Return the slope of each value of a class in the weight of each of its units, [T, units]."""
    objects, units = curve.objects.sum(), len(curve.units)
    found = {key: np.zeros((len(curve.starts) - 1, units)) for key in ("precision", "recall")}
    found["lrp"] = np.zeros((1, units))
    for t, (low, high) in enumerate(pairwise(curve.starts)):
        if low == high:
            continue
        own, boxes = curve.true[low:high], curve.boxes[low:high]
        true, every = np.arange(1, high - low + 1), np.cumsum(boxes.sum(axis=1))
        precision = true / every
        envelope = np.maximum.accumulate(precision[::-1])[::-1]
        # Rows at which the envelope's values are reached, and for how many rows.
        tops = np.searchsorted(-envelope, -envelope, side="right") - 1
        weight = np.bincount(tops, minlength=len(own)) / objects / every
        rise, fall = (np.cumsum(each[::-1])[::-1] for each in (weight, weight * precision))
        direct = np.bincount(own, envelope / objects + rise, units) - boxes.T @ fall
        found["precision"][t] = direct - envelope.sum() / objects**2 * curve.objects
        of_recall = np.bincount(own, minlength=units) - len(own) / objects * curve.objects
        found["recall"][t] = of_recall / objects
        if t == 0:
            either = every - true + objects
            error = (np.cumsum(curve.lost) + either - true) / either
            best = int(error.argmin())
            rows = np.arange(len(own)) <= best
            false = boxes.T @ rows.astype(float) - np.bincount(own, rows, units)
            wrong = np.bincount(own, rows * (curve.lost - 1), units)
            of_all = (1 - error[best]) * (false + curve.objects) + wrong
            found["lrp"][0] = of_all / either[best] * (error[best] < 1)
    return found
