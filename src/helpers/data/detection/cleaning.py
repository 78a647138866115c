"""Which boxes cannot be used, and how the others are fitted to the decoded images."""

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.core.errors import UserError
from helpers.core.formatting import counted
from helpers.data.detection import boxes as tables
from helpers.data.detection import geometry
from helpers.data.items import Items
from helpers.data.surveys.image import ImageSurvey


def with_boxes(items: Items, reason: pd.Series) -> pd.Series:
    """Keep every image that can be read, without objects too; raises UserError if none has one."""
    readable = set(items.frame["id"][reason == ""])
    if items.boxes is None or not items.boxes["id"].isin(readable).any():
        many = counted(len(readable), "image")
        raise UserError(f"{items.name}: no box in {many} that can be read: nothing to be found")
    return reason


def boxes(items: Items) -> pd.Series:
    """Return what duplicates must agree on: their boxes, to a pixel."""
    found = tables.frame([]) if items.boxes is None else items.boxes
    return pd.Series(tables.described(items.frame["id"], found, 0), items.frame.index)


def fitted(items: Items, survey: ImageSurvey) -> Items:
    """Turn boxes with their images, cut them at the edges and drop those without label or area."""
    found, notes = items.boxes, list(items.notes)
    assert found is not None
    placed = geometry.placed(items, survey)
    turned = placed["turn"].to_numpy() > 1
    upright = geometry.turned(placed)
    cut = geometry.cut(upright)
    lost = (cut["width"] <= 0) | (cut["height"] <= 0) | cut["label"].isna()
    changed = ~lost & (np.abs(cut[["width", "height"]] - upright[["width", "height"]]) > 1e-6).any(
        axis=1
    )
    for count, what in (
        (turned.sum(), "turned as the EXIF orientation of the image says"),
        (changed.sum(), "cut at the edge of the image"),
        (lost.sum(), "left out: no label, no area, or outside of the image"),
    ):
        if count:
            notes.append(f"{counted(int(count), 'box', 'boxes')} {what}")
    kept = tables.frame(cut[~lost])
    if not len(kept):
        raise UserError(f"{items.name}: no box with a label lies in its image: {notes[-1]}")
    labels = tables.image_labels(items.frame["id"], kept)
    return replace(items, boxes=kept, frame=items.frame.assign(label=labels), notes=tuple(notes))
