"""The boxes of objects, float pixels from the top left corner of an image's left upper pixel."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.core.columns import BOXES
from helpers.core.errors import UserError
from helpers.core.formatting import listed

NO_OBJECTS = "no objects"  # the label of images without a box
SIDES = ["x", "y", "width", "height"]


def frame(rows: pd.DataFrame | Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Lay out boxes as in boxes.parquet: id (of the image), label, x, y, width, height, ignored.

    ``ignored`` boxes are neither to be found nor false: crowds, and those called difficult.
    """
    table = pd.DataFrame(rows if isinstance(rows, pd.DataFrame) else list(rows))
    table = table.reindex(columns=[*BOXES, "ignored"]).reset_index(drop=True)
    ignored = table["ignored"].astype("boolean").fillna(False).astype(bool)
    kinds = {"id": object, "label": object} | dict.fromkeys(SIDES, "float64")
    return table.assign(ignored=ignored).astype(kinds)


def numbers(table: pd.DataFrame, columns: Sequence[str], place: Callable[[int], str]) -> Any:
    """Read columns as numbers; raises UserError for the first that is none: ``place`` of a row."""
    values = table[[*columns]].apply(pd.to_numeric, errors="coerce").astype("float64")
    wrong = ~np.isfinite(values.to_numpy())
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        many = f" ({wrong.any(axis=1).sum():,} of {len(table):,} boxes)"
        what = f"{columns[column]} {str(table[columns[column]].iloc[row])[:40]!r}"
        raise UserError(f"{place(row)}: {what}: a finite number is needed{many}")
    return values


def checked(table: pd.DataFrame, place: Callable[[int], str], hint: str = "") -> pd.DataFrame:
    """Lay boxes out; raises UserError for the first whose numbers can be none of a box."""
    values = numbers(table, SIDES, place)
    if (wrong := (values[SIDES[2:]] < 0).any(axis=1).to_numpy()).any():
        row = int(wrong.argmax())
        size = " and ".join(f"{values[side].iloc[row]:g}" for side in SIDES[2:])
        many = f" ({wrong.sum():,} of {len(table):,} boxes)"
        raise UserError(f"{place(row)}: width and height {size}: negative{many}{hint}")
    return frame(table.assign(**values))


def image_labels(ids: Iterable[str], boxes: pd.DataFrame) -> list[str]:
    """Name each image after the rarest class in it, so that splits can be stratified."""
    counted = boxes[~boxes["ignored"]]
    order = counted["label"].value_counts().sort_index(kind="stable").sort_values(kind="stable")
    rank = {label: place for place, label in enumerate(order.index)}
    rarest = counted.assign(rank=counted["label"].map(rank)).sort_values("rank")
    named = rarest.drop_duplicates("id").set_index("id")["label"].to_dict()
    return [named.get(id_, NO_OBJECTS) for id_ in ids]


def described(ids: Iterable[str], boxes: pd.DataFrame, digits: int = 6) -> list[str]:
    """Write down the boxes of each image, whatever their order; numbers to some digits."""
    sides = (boxes[SIDES].round(digits) + 0.0).to_numpy().tolist()
    rows = zip(boxes["label"], sides, boxes["ignored"], strict=True)
    lines = [f"{label}\0{of}{int(ignored)}" for label, of, ignored in rows]
    joined = defaultdict[str, list[str]](list)
    for id_, line in sorted(zip(boxes["id"], lines, strict=True)):
        joined[id_].append(line)
    return ["\n".join(joined[id_]) for id_ in ids]


def captions(ids: Sequence[str], boxes: pd.DataFrame) -> list[str]:
    """Count the boxes of each class in some images: ``3 cat, 1 dog``."""
    shown = boxes[boxes["id"].isin(ids)].groupby("id")["label"]
    counts = {id_: labels.value_counts().items() for id_, labels in shown}
    said = {id_: listed([f"{n} {label}" for label, n in each], 3) for id_, each in counts.items()}
    return [said.get(id_, NO_OBJECTS) for id_ in ids]
