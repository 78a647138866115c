"""Precision and recall of a class on any number of resamples at once.

Between two true boxes in the order of scores, only the number of false ones matters. So a class, an
IoU and a size of objects need one row for each true box: how often its image is drawn, and a sum
over the images of the boxes since the one before, which is a sparse product with all draws.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from helpers.metrics.boxes.table import IGNORED, SIZES, TRUE, Matches

RECALLS = 101
# Where COCO's grid is above the fraction by rounding: 57 of 100 objects do not reach .57.
_LATE = np.linspace(0, 1, RECALLS) > np.arange(RECALLS) / (RECALLS - 1)
_CELLS, _LEAST = 1_500_000, 256  # held at a time, in so many columns or more
_FEW = 48  # columns, up to which NumPy's own running sums are faster


class ClassCurve:
    """The boxes of one class as sums over units [U], in each of which images go together.

    ``unit`` [N] is that of each image; ``units`` are those in which the class is, and ``objects``
    says how many of it each has. Without a ``label``, all classes are one.
    """

    def __init__(
        self,
        matches: Matches,
        label: int | None,
        size: str,
        ious: Sequence[int],
        unit: NDArray[np.int64],
    ):
        table, a = matches.table, list(SIZES).index(size)
        if label is None:
            boxes = np.argsort(-matches.score, kind="stable")
            truth = np.arange(len(table.truth_class))
        else:
            boxes, truth = (part[label] for part in matches.places)
        kind, overlap = matches.kind[ious, a][:, boxes], matches.overlap[boxes]
        of_box = unit[matches.image[boxes]]
        of_truth = unit[table.truth_image[truth[matches.counted[a, truth]]]]
        t, place = np.nonzero(kind == TRUE)
        self.starts = np.searchsorted(t, np.arange(len(kind) + 1))
        self.lost = 2 * (1 - overlap[place[: self.starts[1]]])  # of IoU, at .5
        # All boxes that are not ignored, up to the last true one at each IoU.
        seen, last = kind != IGNORED, np.full(len(kind), -1)
        last[t] = place  # the last one stays
        seen &= np.arange(len(of_box)) <= last[:, None]
        so_far = np.cumsum(seen).reshape(kind.shape)[t, place]
        self.units, local = np.unique(np.append(of_truth, of_box), return_inverse=True)
        of_truth, of_box = np.split(local, [len(of_truth)])
        self.true, columns = of_box[place], of_box[np.nonzero(seen)[1]]
        self.objects = np.bincount(of_truth, minlength=len(self.units)).astype(float)
        shape, ends = (len(place), len(self.units)), np.append(0, so_far)
        from scipy.sparse import csr_array  # slow to import, and this module is always imported

        self.boxes = csr_array((np.ones(len(columns), np.float32), columns, ends), shape=shape)

    def values(self, weights: NDArray) -> dict[str, NDArray]:
        """Return average precision and recall by IoU, [T, R], and the LRP error at .5, [1, R].

        Weights [units, R] say how often each of ``units`` is drawn; NaN where no object is.
        """
        ious, resamples = len(self.starts) - 1, weights.shape[1]
        found = {key: np.zeros((ious, resamples)) for key in ("precision", "recall")}
        found["lrp"], objects = np.ones((1, resamples)), np.zeros(resamples)
        most = max(len(self.units), int(np.diff(self.starts).max(initial=1)))
        step = max(_LEAST, _CELLS // most)
        for at in range(0, resamples, step):
            part = slice(at, at + step)
            drawn = weights[:, part].astype(np.float32 if resamples > 1 else float)
            objects[part] = self.objects.astype(drawn.dtype) @ drawn
            for t, (low, high) in enumerate(pairwise(self.starts)):
                if low < high:
                    values = self._at(slice(low, high), drawn, np.maximum(objects[part], 1e-9))
                    found["precision"][t, part], found["recall"][t, part], lrp = values
                    if t == 0:
                        found["lrp"][0, part] = lrp
        return {name: np.where(objects > 0, each, np.nan) for name, each in found.items()}

    def false_at(self, weights: NDArray, share: float) -> NDArray[np.float64]:
        """Count the false boxes [R] before this share of the objects is found, at the first IoU.

        Infinite where it never is, NaN without objects.
        """
        rows, resamples = slice(0, self.starts[1]), weights.shape[1]
        step = max(16, _CELLS // max(1, rows.stop, len(self.units)))
        found = np.full(resamples, np.inf)
        for at in range(0, resamples, step):
            drawn = weights[:, at : at + step].astype(np.float32)
            goal = share * (self.objects.astype(drawn.dtype) @ drawn).astype(float)
            true, every = drawn[self.true[rows]], self.boxes[rows] @ drawn
            _running(np.add, true)
            _running(np.add, every)
            place = (true < goal - 1e-6).sum(axis=0)
            reached = np.flatnonzero(place < len(true))
            found[at + reached] = (every - true)[place[reached], reached]
            found[at : at + step][goal <= 0] = np.nan
        return found

    def _at(self, rows: slice, drawn: NDArray, objects: NDArray) -> tuple[NDArray, ...]:
        """Return average precision, recall and LRP error at the IoU of some rows."""
        true, every = drawn[self.true[rows]], self.boxes[rows] @ drawn
        lost = self.lost[rows, None].astype(drawn.dtype) * true if rows.start == 0 else None
        _running(np.add, true)
        _running(np.add, every)
        lrp, recall = np.ones(len(objects)), true[-1] / objects
        if lost is not None:
            # At every threshold: lost IoU, false boxes and missed objects over all boxes and these.
            _running(np.add, lost)
            either = every - true + objects.astype(drawn.dtype)
            lrp = ((lost + either - true) / either).min(axis=0, initial=1.0)
        gained = _reached(true, objects)
        gained[1:] -= gained[:-1].copy()
        true /= np.maximum(every, 1e-9, out=every)
        _running(np.maximum, true[::-1])
        return np.einsum("jr,jr->r", true, gained) / RECALLS, recall, lrp


def _reached(true: NDArray, objects: NDArray) -> NDArray:
    """Count the recalls of COCO's grid that so many true boxes [J, R] reach."""
    close = 2e-5 if true.dtype == np.float32 else 1e-9
    hundredths = true * ((RECALLS - 1) / objects).astype(true.dtype)
    hundredths += close
    reached = np.floor(hundredths)
    on_it = np.flatnonzero(hundredths - reached < 2 * close)
    late = on_it[_LATE[reached.ravel()[on_it].astype(np.intp)]]
    reached.ravel()[late] -= 1
    reached += 1
    return reached


def _running(step: np.ufunc, rows: NDArray) -> None:
    """Sum up rows [J, R], or take the largest so far, in place."""
    if rows.shape[1] <= _FEW:
        step.accumulate(rows, axis=0, out=rows)
    else:
        for before, row in pairwise(rows):
            step(before, row, out=row)
