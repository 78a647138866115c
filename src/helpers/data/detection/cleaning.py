"""Which boxes cannot be used, and how the others are fitted to the decoded images."""

from dataclasses import replace

import pandas as pd

from helpers.core.errors import UserError
from helpers.data.detection import boxes as tables
from helpers.data.detection import geometry
from helpers.data.items import Items
from helpers.data.surveys.image import ImageSurvey


def with_boxes(items: Items, reason: pd.Series) -> pd.Series:
    """Keep every image that can be read: one without objects counts as well."""
    return reason


def boxes(items: Items) -> pd.Series:
    """Return what duplicates must agree on: their boxes, to a pixel."""
    found = tables.frame([]) if items.boxes is None else items.boxes
    return pd.Series(tables.described(items.frame["id"], found, 0), items.frame.index)


def fitted(items: Items, survey: ImageSurvey) -> Items:
    """Turn boxes with their images, cut them at the edges, drop those without label or area.

    Raises UserError if none is left; what was done to how many is said by checks.
    """
    found = geometry.cut(geometry.upright(items, survey))
    kept = tables.frame(found[~geometry.empty(found) & found["label"].notna()])
    if kept["ignored"].all():
        raise UserError(
            f"{items.name}: {len(items.frame):,} images can be read, with {len(found):,} boxes, of "
            "which none has a label, lies in its image and is not ignored: nothing to be found"
        )
    labels = tables.image_labels(items.frame["id"], kept)
    return replace(items, boxes=kept, frame=items.frame.assign(label=labels))
