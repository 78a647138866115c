"""D4, D5: the boxes of objects, and how they lie in their images."""

import numpy as np
import pandas as pd

from helpers.core.formatting import counted, listed
from helpers.data.checks.registry import Facts, Found, check, noticed, tally
from helpers.data.detection import geometry
from helpers.data.detection.boxes import SIDES
from helpers.data.items import Severity
from helpers.data.surveys.image import ImageSurvey

FEW = 5  # boxes of a class in the test below which its score says little
MOST = 100  # boxes of an image that count among those found
TINY, HUGE = 3, 0.95  # pixels of a box's shorter side; share of its image
SUSPECT, FITS = 0.05, 0.1  # share of boxes outside; what another reading leaves of it
ENOUGH, CORNER = 20, 0.5  # boxes that tell a scale, if all lie in this part of their images
READINGS = {  # what four numbers may be that are read as x, y, width, height
    "width and height are those of the right lower corner": lambda x, y, w, h: (x, y, w - x, h - y),
    "x and y are those of the centre": lambda x, y, w, h: (x - w / 2, y - h / 2, w, h),
    "y stands before x, and height before width": lambda x, y, w, h: (y, x, h, w),
}


@check("D501", "Boxes without area or outside of their image", "warning")
def outside(facts: Facts) -> Found | None:
    """Boxes that show nothing; they are left out."""
    boxes = _upright(facts)
    cut = geometry.cut(boxes)
    lost = ((cut["width"] <= 0) | (cut["height"] <= 0)).to_numpy()
    flat = ((boxes["width"] <= 0) | (boxes["height"] <= 0)).to_numpy()
    many = f"{flat.sum():,} without area, {(lost & ~flat).sum():,} outside of their image"
    return _found(boxes, lost, f"{many}; left out", f"Boxes are left out: {many}.")


@check("D502", "Boxes that leave their image", "warning")
def partly_outside(facts: Facts) -> Found | None:
    """Boxes that are cut at the edge of their image; rounding alone is a note."""
    boxes = _upright(facts)
    cut = geometry.cut(boxes)
    inside = ((cut["width"] > 0) & (cut["height"] > 0)).to_numpy()
    mask, far = inside & geometry.leaves(boxes, 1e-6), inside & geometry.leaves(boxes)
    if not far.any():
        return _found(boxes, mask, "by a pixel at most; cut at the edge", severity="note")
    detail = f"{far.sum():,} of {len(boxes):,} by more than a pixel; cut at the edge"
    said = f"Boxes that leave their image are cut at its edge: {detail.partition(';')[0]}."
    return _found(boxes, mask, detail, said)


@check("D503", "Boxes whose numbers mean something else", "error")
def other_reading(facts: Facts) -> Found | None:
    """Find another meaning of the four numbers by which nearly no box would leave its image."""
    boxes = _upright(facts)
    odd = _odd(boxes)
    if len(boxes) < FEW or odd.mean() < SUSPECT:
        return None
    sides = [boxes[side] for side in SIDES]
    others = {
        words: _odd(boxes.assign(**dict(zip(SIDES, read(*sides), strict=True)))).mean()
        for words, read in READINGS.items()
    }
    best = min(others, key=others.__getitem__)
    if others[best] > FITS * odd.mean():
        return None
    detail = f"as they are read, {odd.mean():.0%} of {len(boxes):,} boxes leave their image or "
    detail += f"have no area; {others[best]:.0%} would, if {best}"
    return _found(boxes, odd, detail, f"The boxes are probably misread: {detail}.")


@check("D504", "Boxes of another scale", "error")
def scale(facts: Facts) -> Found | None:
    """Fractions read as pixels, percent, or boxes of a picture that was larger or smaller."""
    boxes = _upright(facts)
    right, bottom = boxes["x"] + boxes["width"], boxes["y"] + boxes["height"]
    unit = ((right <= 1.001) & (bottom <= 1.001)).to_numpy()
    unit = unit & (boxes[["wide", "high"]] > 2).all(axis=1).to_numpy()
    if len(boxes) and unit.mean() > 0.5:
        detail = f"{unit.mean():.0%} of boxes end within the first pixel: fractions, not pixels"
        return _found(boxes, unit, detail, f"The boxes are misread: {detail}.")
    far = max((right / boxes["wide"]).max(), (bottom / boxes["high"]).max())
    if len(boxes) < ENOUGH or boxes["id"].nunique() < ENOUGH // 2 or not far < CORNER:
        return None
    detail = f"all lie in the upper left {far:.0%} of their images: are they percent, or those of "
    detail += "pictures of another size?"
    return _found(boxes, np.ones(len(boxes), bool), detail, f"Boxes {detail}", severity="warning")


@check("D505", "Boxes without a label", "error")
def unlabelled(facts: Facts) -> Found | None:
    """Boxes that nobody says what they hold; they are left out."""
    boxes = _upright(facts)
    return _found(boxes, boxes["label"].isna().to_numpy(), "no label; left out")


@check("D506", "Images of another size than their boxes", "error", needs=("stated_width",))
def other_size(facts: Facts) -> Found | None:
    """Annotations state the size of the picture that boxes were drawn on: it is not the image's."""
    survey, frame = facts.surveyed(ImageSurvey), facts.frame
    stated = frame[["stated_width", "stated_height"]].to_numpy(float)
    size = np.column_stack([survey.width, survey.height]).astype(float)
    other = facts.usable & (stated > 0).all(axis=1) & (stated != size).any(axis=1)
    other &= ~geometry.drawn_unturned(facts.items, survey)
    if not other.any():
        return None
    first = int(other.argmax())
    such = " and ".join("x".join(f"{side:g}" for side in each[first]) for each in (stated, size))
    detail = f"stated and decoded size of {frame['id'].iloc[first]}: {such}"
    ids, many = frame["id"][other].tolist(), counted(int(other.sum()), "image")
    said = f"The boxes of {many} were drawn on a picture of another size: {detail}."
    return Found(int(other.sum()), detail, ids, said)


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


@check("D509", "Duplicate boxes", "warning")
def duplicates(facts: Facts) -> Found | None:
    """Find places boxed twice in an image: what is found there matches one box, not the other."""
    boxes = _upright(facts)
    place = boxes[["id", *SIDES]].round({side: 0 for side in SIDES})
    again = place.duplicated(keep=False).to_numpy()
    same = place.assign(label=boxes["label"]).duplicated(keep=False).to_numpy()
    many = f"{same.sum():,} of one class, {(again & ~same).sum():,} of several at one place"
    return _found(boxes, again, many, f"Boxes lie on each other and count as objects: {many}.")


@check("D510", "Tiny boxes", "note")
def tiny(facts: Facts) -> Found | None:
    """Boxes too small to show anything, such as a slip of the hand."""
    boxes = _upright(facts)
    shorter = boxes[["width", "height"]].min(axis=1)
    mask = ((shorter > 0) & (shorter < TINY)).to_numpy()
    said = f"{mask.sum():,} of {len(boxes):,} boxes are less than {TINY} pixels wide or high."
    worse: Severity | None = "warning" if 2 * mask.sum() > len(boxes) else None
    return _found(boxes, mask, said.rstrip("."), said, worse)


@check("D511", "Boxes that fill their image", "note")
def huge(facts: Facts) -> Found | None:
    """Boxes around the whole image: where most do, it is classified rather than searched."""
    boxes = _upright(facts)
    area = boxes["width"] * boxes["height"] / (boxes["wide"] * boxes["high"])
    mask = (area >= HUGE).to_numpy()
    said = f"{mask.sum():,} of {len(boxes):,} boxes fill {HUGE:.0%} of their image or more."
    worse: Severity | None = "warning" if 2 * mask.sum() > len(boxes) else None
    return _found(boxes, mask, said.rstrip("."), said, worse)


@check("D512", "Images turned by EXIF, with their boxes", "note")
def turned(facts: Facts) -> Found | None:
    """Photos lie on their side in the file: boxes may be those of the file or of the photo."""
    survey = facts.surveyed(ImageSurvey)
    rotated, mended = survey.orientation > 1, geometry.drawn_unturned(facts.items, survey)
    boxes = facts.items.boxes
    rotated = rotated & facts.frame["id"].isin(boxes["id"] if boxes is not None else []).to_numpy()
    mended = mended & rotated
    if not rotated.any():
        return None
    ids = facts.frame["id"][rotated].tolist()
    many = f"of {counted(len(ids), 'turned image')}, the boxes of {mended.sum():,} were turned"
    left = facts.frame["id"][rotated & ~mended & (survey.orientation >= 5)]
    lying = _upright(facts)
    lying = lying[lying["id"].isin(left)]
    beyond = geometry.leaves(lying)
    unturned = lying.assign(wide=lying["high"], high=lying["wide"])
    if beyond.sum() > geometry.leaves(unturned).sum():
        detail = f"{many}; boxes of others leave their image and fit the picture in the file"
        return Found(len(ids), detail, ids, f"Boxes may lie wrong: {detail}.", "error")
    how = " with them; the others are taken to be those of the upright image"
    return Found(len(ids), many + how, ids)


@check("D513", "Boxes to be ignored", "note")
def ignored(facts: Facts) -> Found | None:
    """Crowds and difficult objects: neither to be found nor false."""
    boxes = _upright(facts)
    mask = boxes["ignored"].to_numpy()
    detail = f"neither to be found nor false if found: {tally(boxes['label'][mask])}"
    return _found(boxes, mask, detail)


@check("D514", "Images with more boxes than are counted", "warning")
def crowded(facts: Facts) -> Found | None:
    """Average precision takes the best boxes of an image: the others are missed for sure."""
    counts = _upright(facts)["id"].value_counts()
    many = counts[counts > MOST]
    words = f"more than {MOST} boxes in {counted(len(many), 'image')}, up to {counts.max():,.0f}"
    said = f"{words}: AP counts {MOST} found boxes an image, so some are missed for sure."
    return Found(len(many), words, many.index.tolist(), said) if len(many) else None


check("D515", "Class numbers that may be shifted", "warning")(noticed("D515", __name__))
check("D521", "Images that stand for few others", "warning")(noticed("D521", __name__))


@check("D419", "Classes with few boxes in the test", "warning", needs=("split",))
def few(facts: Facts) -> Found | None:
    """With a handful of boxes, one of them moves a class's score by tenths."""
    boxes = facts.items.boxes
    assert boxes is not None
    boxes = boxes[~boxes["ignored"]]
    tested = boxes["id"].isin(facts.frame["id"][facts.frame["split"] == "test"])
    counts = tested.groupby(boxes["label"]).sum().astype(int)
    short = counts[counts < FEW]
    classes = listed((f"{label} ({count})" for label, count in short.items()), 10)
    said = f"Few boxes in the test make a class's score uncertain: {classes}."
    return (
        Found(len(short), f"fewer than {FEW} of {classes}", consequence=said)
        if len(short)
        else None
    )


def _upright(facts: Facts) -> pd.DataFrame:
    """Return the boxes of images that can be read, turned with them, with ``wide`` and ``high``."""
    boxes = geometry.turned(geometry.placed(facts.items, facts.surveyed(ImageSurvey)))
    return boxes[boxes["wide"] > 0].reset_index(drop=True)


def _odd(boxes: pd.DataFrame) -> np.ndarray:
    flat = (boxes["width"] <= 0) | (boxes["height"] <= 0)
    return np.asarray(geometry.leaves(boxes) | flat)


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
