"""Boxes of truth and of a detector, and which are the same object: matching as COCO has it.

The evaluators in use give their matches out as one Python object an image, slower than all that
is counted from them; so the matching is done here, and tested against three of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

IOUS = np.linspace(0.5, 0.95, 10)  # of the intersection over the union of two boxes
SIZES = {"all": (0.0, 1e10), "small": (0.0, 32.0**2), "medium": (32.0**2, 96.0**2)} | {
    "large": (96.0**2, 1e10)
}
MOST = 100  # boxes of a class in an image; those with the highest scores count
IGNORED, FALSE, TRUE = 0, 1, 2  # what a found box is
_PAIRS = 1_000_000  # pairs of boxes compared at a time


@dataclass(frozen=True, eq=False)
class DetectionTable:
    """Truth and predictions of the same images.

    Images and classes are numbers from 0, boxes x, y, width and height in pixels. ``ignored`` truth
    (crowds) is neither to be found nor false.
    """

    images: int
    classes: int
    truth_image: NDArray[np.int64]
    truth_class: NDArray[np.int64]
    truth_box: NDArray[np.float64]
    truth_ignored: NDArray[np.bool_]
    found_image: NDArray[np.int64]
    found_class: NDArray[np.int64]
    found_box: NDArray[np.float64]
    score: NDArray[np.float64]

    def part(self, images: NDArray) -> "DetectionTable":
        """Keep some images [N], a mask or positions; they are numbered anew."""
        kept = np.arange(self.images)[images]
        place = np.full(self.images, -1)
        place[kept] = np.arange(len(kept))
        t, f = (np.flatnonzero(place[at] >= 0) for at in (self.truth_image, self.found_image))
        return DetectionTable(
            len(kept),
            self.classes,
            place[self.truth_image[t]],
            self.truth_class[t],
            self.truth_box[t],
            self.truth_ignored[t],
            place[self.found_image[f]],
            self.found_class[f],
            self.found_box[f],
            self.score[f],
        )


@dataclass(frozen=True, eq=False)
class Matches:
    """What each counted box is, at ten IoUs [10] and four sizes [4] of objects.

    Boxes [M] are in order of class and falling score; ``row`` is their position in the table and
    ``kind`` [10, 4, M] ignored, false or true. At IoU .5 and any size, ``truth`` is the object that
    a box is matched with, or -1, and ``overlap`` its IoU. ``counted`` [4, T] tells which objects
    of the truth are to be found.
    """

    table: DetectionTable
    row: NDArray[np.int64]
    kind: NDArray[np.uint8]
    truth: NDArray[np.int64]
    overlap: NDArray[np.float64]
    counted: NDArray[np.bool_]

    @cached_property
    def image(self) -> NDArray[np.int64]:
        """Return the image of each box."""
        return self.table.found_image[self.row]

    @cached_property
    def label(self) -> NDArray[np.int64]:
        """Return the class of each box."""
        return self.table.found_class[self.row]

    @cached_property
    def score(self) -> NDArray[np.float64]:
        """Return the score of each box."""
        return self.table.score[self.row]

    @cached_property
    def places(self) -> tuple[list[NDArray[np.int64]], list[NDArray[np.int64]]]:
        """Return where the boxes and the true ones of each class are, [K]."""
        labels, of_truth = np.arange(1, self.table.classes), self.table.truth_class
        order = np.argsort(of_truth, kind="stable")
        found = np.split(np.arange(len(self.row)), np.searchsorted(self.label, labels))
        return found, np.split(order, np.searchsorted(of_truth[order], labels))


def match(table: DetectionTable) -> Matches:
    """Match found boxes with true ones of their class and image, the highest scores first.

    Each takes the free object with which it overlaps most, one that counts before one that is
    ignored.
    """
    cell = table.found_image * table.classes + table.found_class
    order = np.lexsort([-table.score, cell])
    first = np.flatnonzero(np.diff(cell[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(first, np.diff(first, append=len(order)))
    order, rank = order[rank < MOST], rank[rank < MOST]
    areas = [box[:, 2] * box[:, 3] for box in (table.truth_box, table.found_box[order])]
    inside = [
        np.array([(area >= low) & (area <= high) for low, high in SIZES.values()]) for area in areas
    ]
    counted = inside[0] & ~table.truth_ignored
    kind = np.repeat(inside[1].T[:, None].astype(np.uint8), len(IOUS), axis=1)
    truth, overlap = np.full(len(order), -1), np.zeros(len(order))
    state = _State(table.truth_ignored, counted.T, kind, truth, overlap)
    true_cell = table.truth_image * table.classes + table.truth_class
    for d, g, iou in pairs(table, order, cell[order], true_cell, IOUS[0]):
        _take(d, g, iou, rank, state)
    # Of equal scores the first image comes first, as in COCO's evaluator.
    found = table.found_class[order], -table.score[order], table.found_image[order]
    put = np.lexsort([order, *found[::-1]])
    kind = np.ascontiguousarray(kind[put].transpose(1, 2, 0))
    return Matches(table, order[put], kind, truth[put], overlap[put], counted)


def overlaps(found: NDArray, true: NDArray, ignored: NDArray) -> NDArray[np.float64]:
    """Return the IoU of pairs of boxes [P, 4]; with an ignored one, the share of the found box."""
    near = np.maximum(found[:, :2], true[:, :2])
    far = np.minimum(found[:, :2] + found[:, 2:], true[:, :2] + true[:, 2:])
    both = np.maximum(far - near, 0).prod(axis=1)
    area, other = found[:, 2] * found[:, 3], true[:, 2] * true[:, 3]
    whole = np.where(ignored, area, area + other - both)
    return np.divide(both, whole, out=np.zeros(len(both)), where=both > 0)


class _State:
    """What is known of true boxes [T], and so far of found ones [M]."""

    def __init__(self, *parts: NDArray):
        self.ignored, self.counted, self.kind, self.truth, self.overlap = parts
        self.taken = np.zeros((len(self.ignored), len(IOUS), len(SIZES)), bool)


def pairs(
    table: DetectionTable, rows: NDArray, cell: NDArray, true_cell: NDArray, least: float
) -> Iterator[tuple[NDArray, NDArray, NDArray]]:
    """Pair found boxes with true ones of the same cell whose IoU is at least this, by blocks.

    The ``rows`` [M] of found boxes are in order of their ``cell`` [M]; no cell is in two blocks.
    Gives places in ``rows``, true boxes and their IoU.
    """
    by_cell = np.argsort(true_cell, kind="stable")
    low, high = (np.searchsorted(true_cell[by_cell], cell, side) for side in ("left", "right"))
    many = high - low
    paired = np.flatnonzero(many)
    blocks = np.cumsum(many[paired]) // _PAIRS
    starts = np.flatnonzero(np.diff(cell[paired], prepend=-1))
    blocks = np.repeat(blocks[starts], np.diff(starts, append=len(paired)))
    for block in np.split(paired, np.flatnonzero(np.diff(blocks)) + 1):
        d = np.repeat(block, many[block])
        ends = np.cumsum(many[block])
        g = by_cell[np.arange(len(d)) - np.repeat(ends - many[block], many[block]) + low[d]]
        iou = overlaps(table.found_box[rows[d]], table.truth_box[g], table.truth_ignored[g])
        near = iou >= least
        yield d[near], g[near], iou[near]


def _take(d: NDArray, g: NDArray, iou: NDArray, rank: NDArray, state: _State) -> None:
    """Let boxes take true ones, those with the highest score of each cell first."""
    by_rank = np.argsort(rank[d], kind="stable")
    for block in np.split(by_rank, np.flatnonzero(np.diff(rank[d[by_rank]])) + 1):
        if not len(block):
            continue  # there is no pair at all
        box, true, near = d[block], g[block], iou[block, None, None]
        starts = np.flatnonzero(np.diff(box, prepend=-1))
        free = ~state.taken[true] | state.ignored[true, None, None]
        worth = (near + 2.0 * state.counted[true][:, None]) * (free & (near >= IOUS[:, None]))
        best = np.maximum.reduceat(worth, starts)
        same = (worth == np.repeat(best, np.diff(starts, append=len(box)), axis=0)) & (worth > 0)
        last = np.maximum.reduceat(np.where(same, np.arange(len(box))[:, None, None], -1), starts)
        at, t, a = np.nonzero(last >= 0)
        chosen = last[at, t, a]
        state.taken[true[chosen], t, a] = True
        to, plain = box[starts][at], (t == 0) & (a == 0)
        state.kind[to, t, a] = np.where(state.counted[true[chosen], a], TRUE, IGNORED)
        state.truth[to[plain]] = true[chosen[plain]]
        state.overlap[to[plain]] = iou[block][chosen[plain]]
