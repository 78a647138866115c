"""Values of the detection metrics on all images, on resamples of them, and without each."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from helpers.metrics.boxes.class_curves import ClassCurve
from helpers.metrics.boxes.table import FALSE, IOUS, SIZES, TRUE, Matches
from helpers.metrics.metric import DETECTION, Metric

_ALL = range(len(IOUS))
OF_CLASSES = {  # size of objects, IoUs, and what is averaged over these and classes
    "mean-average-precision": ("all", _ALL, "precision"),
    "average-precision-50": ("all", [0], "precision"),
    "average-precision-75": ("all", [5], "precision"),
    "average-precision-small": ("small", _ALL, "precision"),
    "average-precision-medium": ("medium", _ALL, "precision"),
    "average-precision-large": ("large", _ALL, "precision"),
    "average-recall": ("all", _ALL, "recall"),
    "lrp-error": ("all", [0], "lrp"),
}


def f1(sums: NDArray) -> NDArray[np.float64]:
    """Twice the objects found, over boxes and objects; of sums [..., 4] of ``counts``."""
    return over(2 * sums[..., 0], 2 * sums[..., 0] + sums[..., 1] + sums[..., 2])


def precision(sums: NDArray) -> NDArray[np.float64]:
    """Objects found over boxes."""
    return over(sums[..., 0], sums[..., 0] + sums[..., 1])


def recall(sums: NDArray) -> NDArray[np.float64]:
    """Objects found over all objects."""
    return over(sums[..., 0], sums[..., 0] + sums[..., 2])


def false_positives(sums: NDArray) -> NDArray[np.float64]:
    """Count the false boxes of an image."""
    return over(sums[..., 1], sums[..., 3])


_boxes = partial(Metric, family=DETECTION, highest=1.0)
_MEAN = (
    "Per class, the area under precision over recall as the score falls (101 points, as COCO has "
    "it, at most 100 boxes an image and class), averaged over classes: 1 if every object is found "
    "and no box is false. A box is right if its overlap with an object of its class, over what "
    "both cover (IoU), reaches a limit"
)
_OVERALL = f"{_MEAN}; averaged over ten limits from .5 to .95, so that exact boxes count."
_SINGLE = "The same at one limit: .5 is roughly placed, .75 well placed."
_SIZED = "The same over ten limits for objects below 32 x 32 pixels, up to 96 x 96, and above."
_AVERAGE_RECALL = (
    "Share of objects found by at most 100 boxes an image and class, however many are false, "
    "averaged over the ten limits and classes: what the detector could find at best."
)
_LRP = (
    "Misplacement of right boxes, false boxes and missed objects in one error from 0 to 1, at each "
    "class's best threshold and IoU .5 (optimal LRP; Oksuz et al., 2018). Lower is better."
)
_AT = (
    "At the score that is best by F1 on validation and IoU .5, over all classes: share of the "
    "objects that are found (recall), share of the boxes that are right (precision), and the "
    "harmonic mean of both (F1)."
)
_FALSE = "Boxes an image that are not right, at the same score. Lower is better."

METRICS: tuple[Metric, ...] = (
    _boxes("mean-average-precision", "mean average precision", _OVERALL, may_choose=True),
    _boxes("average-precision-50", "average precision at IoU .5", _SINGLE, may_choose=True),
    _boxes("average-precision-75", "average precision at IoU .75", _SINGLE, may_choose=True),
    _boxes("average-precision-small", "average precision of small objects", _SIZED),
    _boxes("average-precision-medium", "average precision of medium objects", _SIZED),
    _boxes("average-precision-large", "average precision of large objects", _SIZED),
    _boxes("average-recall", "average recall", _AVERAGE_RECALL),
    _boxes("lrp-error", "LRP error", _LRP, lower_is_better=True),
    _boxes("detection-f1", "F1 of boxes", _AT, f1, "boxes", may_choose=True),
    _boxes("detection-precision", "precision of boxes", _AT, precision, "boxes"),
    _boxes("detection-recall", "recall of objects", _AT, recall, "boxes"),
    Metric(
        "false-positives-per-image",
        "false boxes an image",
        _FALSE,
        false_positives,
        "boxes",
        family=DETECTION,
        lower_is_better=True,
    ),
)
AT_THRESHOLD = {metric.name: metric.function for metric in METRICS if metric.function}
METRIC_NAMES = tuple(metric.name for metric in METRICS)


def over(part: NDArray, whole: NDArray) -> NDArray[np.float64]:
    """Divide; NaN where there is nothing to divide by."""
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1), np.nan)


def counts(matches: Matches, threshold: float) -> NDArray[np.float64]:
    """Count objects found, false boxes and missed objects at IoU .5, and 1, by image: [N, 4]."""
    table, kind = matches.table, matches.kind[0, 0]
    sure, images = matches.score >= threshold, table.images
    hits, false = (
        np.bincount(matches.image[sure & (kind == each)], minlength=images)
        for each in (TRUE, FALSE)
    )
    objects = np.bincount(table.truth_image[matches.counted[0]], minlength=images)
    return np.column_stack([hits, false, objects - hits, np.ones(images)]).astype(float)


def values(
    matches: Matches,
    names: Iterable[str] = METRIC_NAMES,
    weights: NDArray | None = None,
    threshold: float | None = None,
) -> dict[str, NDArray]:
    """Compute metrics on all images, or on resamples that draw them as ``weights`` [R, N] say.

    Means are over the classes of which an object is drawn; NaN where there is none. Metrics at a
    threshold are left out where there is no ``threshold``.
    """
    drawn = np.ones((matches.table.images, 1)) if weights is None else np.asarray(weights).T
    names = [name for name in names if name in OF_CLASSES or threshold is not None]
    kept, own = np.float32 if drawn.shape[1] > 1 else float, [n for n in names if n in OF_CLASSES]
    sums = {name: np.zeros((2, drawn.shape[1]), kept) for name in own}  # and of how many classes
    for _, curve, picks in class_curves(matches, own, np.arange(matches.table.images)):
        of_class = curve.values(drawn[curve.units])
        for name, (what, rows) in picks.items():
            value = of_class[what][rows].mean(axis=0).astype(kept)
            sums[name] += np.where(np.isfinite(value), [value, np.ones_like(value)], 0)
    found = {name: over(each, known.astype(float)) for name, (each, known) in sums.items()}
    if threshold is not None:
        totals = drawn.T @ counts(matches, threshold)
        found |= {name: AT_THRESHOLD[name](totals) for name in names if name in AT_THRESHOLD}
    return {name: found[name] if weights is not None else found[name][0] for name in names}


def class_curves(
    matches: Matches, names: Sequence[str], unit: NDArray
) -> Iterator[tuple[int, ClassCurve, dict[str, tuple[str, list[int]]]]]:
    """Prepare each class and size of objects, with where to find its metrics in the values."""
    present = np.unique(matches.table.truth_class).tolist()
    for size in SIZES:
        own = [name for name in names if OF_CLASSES[name][0] == size]
        ious = sorted({iou for name in own for iou in OF_CLASSES[name][1]})
        picks = {
            name: (OF_CLASSES[name][2], [ious.index(iou) for iou in OF_CLASSES[name][1]])
            for name in own
        }
        for label in present if own else ():
            yield label, ClassCurve(matches, label, size, ious, unit), picks
