"""Precision and recall of a class on any number of resamples at once.

Between two true boxes in the order of scores, only the number of false ones matters. So a class, an
IoU and a size of objects need one row for each true box: how often its image is drawn, and a sum
over the images of the boxes since the one before, which is a sparse product with all draws.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from helpers.metrics.boxes.table import IGNORED, SIZES, TRUE, Matches

RECALLS = 101
# Where COCO's grid is above the fraction by rounding: 57 of 100 objects do not reach .57.
_LATE = np.linspace(0, 1, RECALLS) > np.arange(RECALLS) / (RECALLS - 1)
_CELLS = 4_000_000  # held at a time: 16 MB an array
_FEW = 48  # columns, up to which NumPy's own running sums are faster


class ClassCurve:
    """The boxes of one class as sums over units [U], in each of which images go together.

    ``unit`` [N] is that of each image; ``units`` are those in which the class is.
    """

    def __init__(
        self, matches: Matches, label: int, size: str, ious: Sequence[int], unit: NDArray[np.int64]
    ):
        table, a = matches.table, list(SIZES).index(size)
        low, high = np.searchsorted(matches.label, [label, label + 1])
        kind = matches.kind[ious, a, low:high]
        of_box = unit[matches.image[low:high]]
        truth = (table.truth_class == label) & matches.counted[a]
        of_truth = unit[table.truth_image[truth]]
        t, place = np.nonzero(kind == TRUE)
        self.starts = np.searchsorted(t, np.arange(len(kind) + 1))
        self.lost = 2 * (1 - matches.overlap[low:high][place[: self.starts[1]]])  # of IoU, at .5
        # All boxes that are not ignored, up to the last true one at each IoU.
        seen, last = kind != IGNORED, np.full(len(kind), -1)
        last[t] = place  # the last one stays
        seen &= np.arange(high - low) <= last[:, None]
        so_far = np.cumsum(seen).reshape(kind.shape)[t, place]
        self.units, local = np.unique(np.append(of_truth, of_box), return_inverse=True)
        of_truth, of_box = np.split(local, [len(of_truth)])
        self.true, columns = of_box[place], of_box[np.nonzero(seen)[1]]
        self._objects = np.bincount(of_truth, minlength=len(self.units)).astype(float)
        shape, ends = (len(place), len(self.units)), np.append(0, so_far)
        self._boxes = csr_array((np.ones(len(columns), np.float32), columns, ends), shape=shape)

    def values(self, weights: NDArray) -> dict[str, NDArray]:
        """Return average precision and recall by IoU, [T, R], and the LRP error at .5, [1, R].

        Weights [units, R] say how often each of ``units`` is drawn; NaN where no object is.
        """
        resamples = weights.shape[1]
        precision, recall = np.zeros((2, len(self.starts) - 1, resamples))
        objects, lrp = np.zeros(resamples), np.ones(resamples)
        step = max(1, _CELLS // max(1, *self._boxes.shape))
        for at in range(0, resamples, step):
            part = slice(at, at + step)
            drawn = weights[:, part].astype(np.float32 if resamples > 1 else float)
            objects[part] = self._objects.astype(drawn.dtype) @ drawn
            if len(self.true):
                precision[:, part], recall[:, part], lrp[part] = self._part(drawn, objects[part])
        found = {"precision": precision, "recall": recall, "lrp": lrp[None]}
        return {name: np.where(objects > 0, each, np.nan) for name, each in found.items()}

    def _part(self, drawn: NDArray, objects: NDArray) -> tuple[NDArray, NDArray, NDArray]:
        true, every, ends = drawn[self.true], self._boxes @ drawn, self.starts[1:] - 1
        objects, first = np.maximum(objects, 1e-9), slice(0, self.starts[1])
        filled = np.diff(self.starts) > 0
        lost = self.lost[:, None].astype(drawn.dtype) * true[first]
        parts = [slice(low, high) for low, high in pairwise(self.starts) if high > low]
        for part in parts:
            _running(np.add, true[part])
            _running(np.add, every[part])
        _running(np.add, lost)
        # LRP at every threshold: lost IoU, false boxes and missed objects over all of the three.
        either = every[first] - true[first] + objects
        lrp = ((lost + either - true[first]) / either).min(axis=0, initial=1.0)
        recall, reached = true * (1 / objects).astype(drawn.dtype), _reached(true, objects)
        np.divide(true, every, out=true, where=every > 0)
        precision, recalls = np.zeros((2, len(filled), drawn.shape[1]))
        for part in parts:
            _running(np.maximum, true[part][::-1])
            reached[part][1:] -= reached[part][:-1].copy()
        true *= reached
        precision[filled] = np.add.reduceat(true, self.starts[:-1][filled]) / RECALLS
        recalls[filled] = recall[ends[filled]]
        return precision, recalls, lrp


def _reached(true: NDArray, objects: NDArray) -> NDArray:
    """Count the recalls of COCO's grid that so many true boxes [J, R] reach."""
    close = 2e-5 if true.dtype == np.float32 else 1e-9
    hundredths = true * ((RECALLS - 1) / objects).astype(true.dtype)
    reached = np.floor(hundredths + close)
    for column in np.flatnonzero(objects % 10 == 0):  # only there recalls fall on the grid's late
        at = reached[:, column]
        at -= _LATE[at.astype(int)] & (hundredths[:, column] < at + close)
    return reached + 1


def _running(step: np.ufunc, rows: NDArray) -> None:
    """Sum up rows [J, R], or take the largest so far, in place."""
    if rows.shape[1] <= _FEW:
        step.accumulate(rows, axis=0, out=rows)
    else:
        for before, row in pairwise(rows):
            step(before, row, out=row)
