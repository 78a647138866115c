"""The boxes of objects, float pixels from the top left corner of an image's left upper pixel."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from helpers.core.columns import BOXES

NO_OBJECTS = "no objects"  # the label of images without a box


def frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Lay out boxes as in boxes.parquet: id (of the image), label, x, y, width, height, ignored.

    ``ignored`` boxes are neither to be found nor false: crowds, and those called difficult.
    """
    table = pd.DataFrame(list(rows), columns=[*BOXES, "ignored"])
    numbers = dict.fromkeys(("x", "y", "width", "height"), "float64")
    ignored = table["ignored"].astype("boolean").fillna(False).astype(bool)
    return table.assign(ignored=ignored).astype({"id": object, "label": object} | numbers)


def image_labels(ids: Iterable[str], boxes: pd.DataFrame) -> list[str]:
    """Name each image after the rarest class in it, so that splits can be stratified."""
    counted = boxes[~boxes["ignored"]]
    order = counted["label"].value_counts().sort_index(kind="stable").sort_values(kind="stable")
    rank = {label: place for place, label in enumerate(order.index)}
    rarest = counted.assign(rank=counted["label"].map(rank)).sort_values("rank")
    named = rarest.drop_duplicates("id").set_index("id")["label"].to_dict()
    return [named.get(id_, NO_OBJECTS) for id_ in ids]
