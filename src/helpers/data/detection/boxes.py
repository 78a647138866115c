"""The boxes of objects, float pixels from the top left corner of an image's left upper pixel."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from helpers.core.columns import BOXES
from helpers.core.errors import UserError
from helpers.core.formatting import listed

NO_OBJECTS = "no objects"  # the label of images without a box
SIDES = ("x", "y", "width", "height")


def frame(rows: pd.DataFrame | Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Lay out boxes as in boxes.parquet: id (of the image), label, x, y, width, height, ignored.

    ``ignored`` boxes are neither to be found nor false: crowds, and those called difficult.
    """
    table = pd.DataFrame(rows if isinstance(rows, pd.DataFrame) else list(rows))
    table = table.reindex(columns=[*BOXES, "ignored"]).reset_index(drop=True)
    ignored = table["ignored"].astype("boolean").fillna(False).astype(bool)
    kinds = {"id": object, "label": object} | dict.fromkeys(SIDES, "float64")
    return table.assign(ignored=ignored).astype(kinds)


def checked(boxes: pd.DataFrame, place: Callable[[int], str], hint: str = "") -> pd.DataFrame:
    """Lay boxes out as :func:`frame` does; raises UserError for the first that holds no numbers.

    ``place`` says where a row stands; ``hint`` is the cure where a width or height is negative.
    """
    numbers = {side: pd.to_numeric(boxes[side], errors="coerce") for side in SIDES}
    for side, values in numbers.items():
        odd = ~np.isfinite(values.to_numpy(float))
        negative = (values < 0).to_numpy() & (side in SIDES[2:])
        if (wrong := odd | negative).any():
            row = int(wrong.argmax())
            needed = "at least 0" if negative[row] else "a finite number"
            many = f" ({wrong.sum():,} of {len(boxes):,} boxes are wrong)" * bool(wrong.sum() > 1)
            cure = hint * bool(negative[row])
            value = str(boxes[side].iloc[row])[:40]
            raise UserError(f"{place(row)}: {side} {value!r}: {needed} is needed{many}{cure}")
    return frame(boxes.assign(**numbers))


def image_labels(ids: Iterable[str], boxes: pd.DataFrame) -> list[str]:
    """Name each image after the rarest class in it, so that splits can be stratified."""
    counted = boxes[~boxes["ignored"]]
    order = counted["label"].value_counts().sort_index(kind="stable").sort_values(kind="stable")
    rank = {label: place for place, label in enumerate(order.index)}
    rarest = counted.assign(rank=counted["label"].map(rank)).sort_values("rank")
    named = rarest.drop_duplicates("id").set_index("id")["label"].to_dict()
    return [named.get(id_, NO_OBJECTS) for id_ in ids]


def described(ids: Iterable[str], boxes: pd.DataFrame, digits: int | None = None) -> list[str]:
    """Write down the boxes of each image, in no order; numbers are rounded to some digits."""
    sides = boxes[list(SIDES)] if digits is None else boxes[list(SIDES)].round(digits) + 0.0
    rows = zip(boxes["label"], sides.to_numpy().tolist(), boxes["ignored"], strict=True)
    lines = pd.Series([f"{label}\0{numbers}{int(ignored)}" for label, numbers, ignored in rows])
    order = np.argsort(lines.to_numpy(object), kind="stable")
    joined = lines.iloc[order].groupby(boxes["id"].to_numpy()[order]).agg("\n".join).to_dict()
    return [joined.get(id_, "") for id_ in ids]


def captions(ids: Iterable[str], boxes: pd.DataFrame) -> list[str]:
    """Count the boxes of each class in some images: ``3 cat, 1 dog``."""
    counts = boxes[boxes["id"].isin(set(ids))].groupby("id")["label"].value_counts()
    said = {
        id_: listed([f"{count} {label}" for (_, label), count in of.items()], 3)
        for id_, of in counts.groupby(level=0)
    }
    return [said.get(id_, NO_OBJECTS) for id_ in ids]
