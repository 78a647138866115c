"""D4, D5: the boxes of objects, and how they lie in their images."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from helpers.core.formatting import counted, listed
from helpers.data.checks.registry import Facts, Found, check, noticed
from helpers.data.detection import geometry
from helpers.data.detection.boxes import SIDES
from helpers.data.items import Severity
from helpers.data.surveys.image import ImageSurvey

FEW = 10  # boxes of a class in the test below which its score says little
LEAST, MANY = 5, 20  # boxes that tell a layout; that tell a scale
MOST = 100  # boxes of an image that count among those found
SUSPECT, FITS = 0.05, 0.1  # share of boxes outside; what another reading leaves of it
READINGS = {  # what four numbers may be that are read as x, y, width, height
    "width and height are those of the right lower corner": lambda x, y, w, h: (x, y, w - x, h - y),
    "x and y are those of the centre": lambda x, y, w, h: (x - w / 2, y - h / 2, w, h),
    "y stands before x, and height before width": lambda x, y, w, h: (y, x, h, w),
    "the left upper corner was taken for the centre": lambda x, y, w, h: (
        *(x + w / 2, y + h / 2, w, h),
    ),
    "two corners were taken for centre and size": lambda x, y, w, h: (
        *(x + w / 2, y + h / 2, w / 2 - x, h / 2 - y),
    ),
}
Mask = Callable[[pd.DataFrame], np.ndarray | pd.Series]


def _of_boxes(code: str, title: str, severity: Severity, mask: Mask, words: str) -> None:
    """Register a check of single boxes; a note becomes a warning where it concerns most of them."""

    def function(facts: Facts) -> Found | None:
        boxes = _upright(facts)
        mine = np.asarray(mask(boxes), bool)
        said = f"{mine.sum():,} of {len(boxes):,} boxes {words}"
        most = severity == "note" and 2 * mine.sum() > len(boxes)
        return _found(boxes, mine, said, f"{said}.", "warning" if most else None)

    function.__module__ = __name__  # which tells whose check it is
    check(code, title, severity)(function)


def _lost(boxes: pd.DataFrame) -> np.ndarray:
    return geometry.empty(geometry.cut(boxes))


def _unlike_images(boxes: pd.DataFrame) -> np.ndarray:
    area = boxes["width"] * boxes["height"] / (boxes["wide"] * boxes["high"])
    return np.asarray(area >= 0.95)


_of_boxes(
    "D501",
    "Boxes without area or outside of their image",
    "warning",
    _lost,
    "have no area or lie outside of their image, and are left out",
)
_of_boxes(
    "D502",
    "Boxes that leave their image",
    "warning",
    lambda boxes: geometry.leaves(boxes) & ~_lost(boxes),
    "leave their image by more than a pixel, and are cut at its edge",
)
_of_boxes(
    "D505",
    "Boxes without a label",
    "error",
    lambda boxes: boxes["label"].isna(),
    "have no label, and are left out",
)
_of_boxes(
    "D509",
    "Duplicate boxes",
    "warning",
    lambda boxes: boxes[["id", *SIDES]].round(0).duplicated(keep=False),
    "lie on another one: what is found there matches one of them, the other is missed",
)
_of_boxes(
    "D510",
    "Tiny boxes",
    "note",
    lambda boxes: boxes[SIDES[2:]].min(axis=1).between(0, 3, inclusive="neither"),
    "are less than 3 pixels wide or high",
)
_of_boxes("D511", "Boxes that fill their image", "note", _unlike_images, "fill their image")
_of_boxes(
    "D513",
    "Boxes to be ignored",
    "note",
    lambda boxes: boxes["ignored"],
    "(crowds, difficult ones) are neither to be found nor false if found",
)


@check("D503", "Boxes whose numbers mean something else", "error")
def other_reading(facts: Facts) -> Found | None:
    """Find another meaning of the four numbers by which nearly no box would leave its image."""
    boxes = _upright(facts)
    odd = geometry.leaves(boxes) | geometry.empty(boxes)
    if len(boxes) < LEAST or odd.mean() < SUSPECT:
        return None
    others = {}
    for words, read in READINGS.items():
        sides = read(*(boxes[side] for side in SIDES))
        other = boxes.assign(**dict(zip(SIDES, sides, strict=True)))
        others[words] = float((geometry.leaves(other) | geometry.empty(other)).mean())
    best = min(others, key=others.__getitem__)
    if others[best] > FITS * odd.mean():
        return None
    detail = f"as they are read, {odd.mean():.0%} of {len(boxes):,} boxes leave their image or "
    detail += f"have no area; {others[best]:.0%} would if {best}"
    return _found(boxes, odd, detail, f"The boxes are probably misread: {detail}.")


@check("D504", "Boxes of another scale", "error")
def scale(facts: Facts) -> Found | None:
    """Fractions read as pixels, percent, or boxes of a picture that was larger or smaller."""
    boxes = _upright(facts)
    ends = boxes[["x", "y"]].to_numpy() + boxes[["width", "height"]].to_numpy()
    size = boxes[["wide", "high"]].to_numpy()
    unit = (ends <= 1.001).all(axis=1) & (size > 2).all(axis=1)
    if unit.sum() > len(boxes) / 2:
        detail = f"{unit.mean():.0%} of boxes end within the first pixel: fractions, not pixels"
        return _found(boxes, unit, detail, f"The boxes are misread: {detail}.")
    if len(boxes) < MANY or boxes["id"].nunique() < MANY / 2 or (ends / size).max() >= 0.5:
        return None
    detail = f"all lie in the upper left {(ends / size).max():.0%} of their images: are they "
    detail += "percent, or those of pictures of another size?"
    return _found(boxes, unit | True, detail, f"Boxes {detail}", "warning")


@check("D506", "Images of another size than their boxes", "error", needs=("stated_width",))
def other_size(facts: Facts) -> Found | None:
    """Annotations state the size of the picture that boxes were drawn on: it is not the image's."""
    survey, frame = facts.surveyed(ImageSurvey), facts.frame
    stated = frame[["stated_width", "stated_height"]].to_numpy(float)
    size = np.column_stack([survey.width, survey.height]).astype(float)
    other = facts.usable & (stated > 0).all(axis=1) & (stated != size).any(axis=1)
    other &= ~geometry.drawn_unturned(facts.items, survey)
    ids, first = frame["id"][other].tolist(), int(other.argmax())
    such = " but ".join("x".join(f"{side:g}" for side in each[first]) for each in (stated, size))
    said = f"{len(ids):,} images have another size than their boxes were drawn on: {such} decoded"
    return Found(len(ids), said, ids, f"{said}.") if ids else None


@check("D507", "Classes without boxes", "warning")
def empty_classes(facts: Facts) -> Found | None:
    """Classes that the source names but of which no box can be used."""
    boxes = _upright(facts)
    empty = sorted({*facts.items.declared}.difference(boxes["label"][~boxes["ignored"]]))
    words = f"no box of {listed(empty, 10)}"
    said = f"Classes of the source are not in this comparison: {words}."
    return Found(len(empty), words, consequence=said) if empty else None


@check("D508", "Images without boxes", "note")
def no_objects(facts: Facts) -> Found | None:
    """Images that show no object; they are kept: whatever is found there is false."""
    ids = facts.frame["id"][facts.usable]
    empty = ids[~ids.isin(_upright(facts)["id"])].tolist()
    detail = f"of {len(ids):,} images show no object, and count: what is found there is false"
    return Found(len(empty), detail, empty) if empty else None


@check("D512", "Images turned by EXIF, with their boxes", "note")
def turned(facts: Facts) -> Found | None:
    """Photos lie on their side in the file: boxes may be those of the file or of the photo."""
    survey, boxes = facts.surveyed(ImageSurvey), _upright(facts)
    rotated = (survey.orientation > 1) & facts.frame["id"].isin(boxes["id"]).to_numpy()
    mended = rotated & geometry.drawn_unturned(facts.items, survey)
    ids = facts.frame["id"][rotated].tolist()
    if not ids:
        return None
    said = f"of {len(ids):,} turned images with boxes, {mended.sum():,} had them turned as well"
    lying = boxes[boxes["id"].isin(facts.frame["id"][rotated & ~mended & (survey.orientation > 4)])]
    fits = geometry.leaves(lying.assign(wide=lying["high"], high=lying["wide"])).sum()
    if geometry.leaves(lying).sum() > fits:
        detail = f"{said}; boxes of others leave their image and would fit it unturned"
        return Found(len(ids), detail, ids, f"Boxes may lie wrong: {detail}.", "error")
    return Found(len(ids), f"{said}; the others are taken for those of the upright image", ids)


@check("D516", "Images with more boxes than are counted", "warning")
def crowded(facts: Facts) -> Found | None:
    """Average precision takes the best boxes of an image: the others are missed for sure."""
    counts = _upright(facts)["id"].value_counts()
    many = counts[counts > MOST]
    some = counted(len(many), "image has", "images have")
    said = f"{some} more than {MOST} boxes, the most that AP counts as found"
    return Found(len(many), said, many.index.tolist(), f"{said}.") if len(many) else None


check("D514", "Class numbers that may be shifted", "warning")(noticed("D514", __name__))
check("D515", "Images without a file of annotations", "note")(noticed("D515", __name__))
check("D521", "Images that stand for few others", "warning")(noticed("D521", __name__))


@check("D419", "Classes with few boxes in the test", "warning", needs=("split",))
def few(facts: Facts) -> Found | None:
    """With a handful of boxes, one of them moves a class's score by tenths."""
    boxes, split = facts.items.boxes, facts.frame.set_index("id")["split"]
    assert boxes is not None
    boxes = boxes[~boxes["ignored"]]
    counts = (boxes["id"].map(split) == "test").groupby(boxes["label"]).sum()
    short = counts[counts < FEW]
    classes = listed((f"{label} ({count})" for label, count in short.items()), 10)
    detail = f"fewer than {FEW} boxes of {classes}"
    said = f"In the test there are {detail}: their scores are uncertain. In the mean each class "
    said += "counts as much, but for those without a box."
    return Found(len(short), detail, consequence=said) if len(short) else None


def _upright(facts: Facts) -> pd.DataFrame:
    """Return the boxes of images that can be read, turned with them, with ``wide`` and ``high``."""
    boxes = geometry.upright(facts.items, facts.surveyed(ImageSurvey))
    return boxes[boxes["wide"] > 0].reset_index(drop=True)


def _found(
    boxes: pd.DataFrame,
    mask: np.ndarray,
    detail: str,
    consequence: str = "",
    severity: Severity | None = None,
) -> Found | None:
    """Report boxes by their images, or nothing where there are none."""
    ids = boxes["id"][mask].unique().tolist()
    return Found(int(mask.sum()), detail, ids, consequence, severity) if ids else None
