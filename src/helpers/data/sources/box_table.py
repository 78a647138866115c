"""A table with a row for each box: the path of its image, its place, its size and its label."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.core import paths
from helpers.core.errors import UserError, unknown
from helpers.data.detection import boxes
from helpers.data.items import RESERVED, Items, label_text
from helpers.data.sources import BoxTableSource
from helpers.data.sources.annotated_images import Listing, items_of, splits_of, text
from helpers.data.sources.table import item_column
from helpers.data.sources.tabular_files import NOTES, plain, problem_of, read_table

NAMES = {  # what columns are called, unless declared: corners before sizes, which may be an image's
    "x": ("xmin", "x_min", "x1", "left", "bbox_x", "x"),
    "y": ("ymin", "y_min", "y1", "top", "bbox_y", "y"),
    "x_max": ("xmax", "x_max", "x2", "right"),
    "y_max": ("ymax", "y_max", "y2", "bottom"),
    "width": ("bbox_width", "box_width", "w", "width"),
    "height": ("bbox_height", "box_height", "h", "height"),
}


def load(fields: BoxTableSource, task: str) -> Items:
    """Read a table of boxes; an image whose row has no box shows no object.

    Raises UserError for a box of which a part is missing, or no number, and for an image whose rows
    disagree on its split or group.
    """
    where = fields.file
    rows = read_table(where, fields.encoding, fields.separator)
    path = item_column(rows, fields.path)
    names, notes = _columns(fields, rows), list(rows.attrs.get(NOTES, ()))
    table = pd.DataFrame({"id": [_path(each, where) for each in plain(rows, path, where)]})
    table["label"] = label_text(plain(rows, fields.label, where))
    for side, column in names.items():
        table[side] = _numbers(plain(rows, column, where), where)
    empty = table[[*names]].isna().all(axis=1)
    if (odd := empty & table["label"].notna()).any():
        what = f"label {table['label'][odd.idxmax()]!r} without a box: leave both empty, or neither"
        raise UserError(f"{_row(where, odd.idxmax())}: {what}")
    if corners := [side for side in ("x_max", "y_max") if side in names]:
        table["width"] = table["x_max"] - table["x"]
        table["height"] = table["y_max"] - table["y"]
        notes.append(f"boxes of {', '.join(names[side] for side in ('x', 'y', *corners))}")
    table["ignored"] = _flags(rows, fields.ignored, where)
    hint = "; are x_max and y_max a width and a height? name them width and height then"
    found = table[~empty]
    found = boxes.checked(found, lambda row: _row(where, found.index[row]), hint * bool(corners))
    used = (path, fields.label, *names.values())
    images = pd.DataFrame({"path": table["id"]})
    for column in rows.columns:
        name = _column_of_image(str(column), fields, bool(corners))
        if column not in used and name not in RESERVED[:3] and not problem_of(rows[column]):
            stated = name.startswith("stated_")
            images[name] = _numbers(rows[column], where) if stated else label_text(rows[column])
    images = _of_images(images, where)
    if "split" in images:
        images["split"], told = splits_of(images["split"], f"{where}: column split")
        notes += told
    root, read, follow = (paths.root() / where).parent.resolve(), paths.root() / where, fields.links
    listing = Listing(where, root, images, found, (read,), notes=tuple(notes))
    return items_of(listing, task, follow is not None)


def _column_of_image(column: str, fields: BoxTableSource, corners: bool) -> str:
    """Name what a column says of an image; beside corners, width and height are the image's."""
    named = {fields.split: "split", fields.group: "group"}
    if corners and column in ("width", "height"):
        return f"stated_{column}"
    return named.get(column, column)


def _columns(fields: BoxTableSource, rows: pd.DataFrame) -> dict[str, str]:
    """Find the columns of a box: x, y and either a size or the opposite corner, never a mixture."""
    lower = {str(column).lower(): str(column) for column in rows.columns}
    found = {
        side: getattr(fields, side) or next((lower[n] for n in names if n in lower), None)
        for side, names in NAMES.items()
    }
    sizes = bool(fields.width or fields.height)
    corners = not sizes and found["x_max"] is not None and found["y_max"] is not None
    wanted = ("x", "y", *(("x_max", "y_max") if corners else ("width", "height")))
    if sizes and (fields.x_max or fields.y_max):
        raise UserError(f"{fields.file}: width and height, or x_max and y_max: not both")
    for side in wanted:
        if found[side] is None:
            needed = "x, y, width, height, or x, y, x_max, y_max, are needed"
            raise unknown("column", side, map(str, rows.columns), f"{fields.file}: {needed}")
    return {side: str(found[side]) for side in wanted}


def _row(where: str, index: Any) -> str:
    return f"{where}: row {int(index) + 1}"


def _path(value: Any, where: str) -> str:
    if value is None or value != value:
        raise UserError(f"{where}: a row without a path")
    return text(value)


def _numbers(column: pd.Series, where: str) -> pd.Series:
    """Read numbers; an empty cell is none, other text is an error."""
    values = pd.to_numeric(column, errors="coerce").astype("float64")
    wrong = values.isna() & column.notna() & (column.astype(str).str.strip() != "")
    wrong |= np.isinf(values)
    if wrong.any():
        row, value = wrong.idxmax(), str(column[wrong.idxmax()])[:40]
        many = f" ({wrong.sum():,} rows)" * bool(wrong.sum() > 1)
        what = f"column {column.name!r}: {value!r} is no finite number{many}"
        raise UserError(f"{_row(where, row)}: {what}")
    return values


def _flags(rows: pd.DataFrame, declared: str | None, where: str) -> list[bool]:
    """Read a column that says which boxes are ignored: 0 and 1, no and yes."""
    names = ("ignored", "ignore", "iscrowd", "is_crowd", "crowd", "difficult")
    column = declared or next((name for name in names if name in rows.columns), None)
    if column is None:
        return [False] * len(rows)
    values = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    said = [(each or "0").strip().lower() for each in label_text(plain(rows, column, where))]
    if odd := [row for row, each in enumerate(said) if each not in values]:
        what = f"column {column!r}: {said[odd[0]]!r}: 0 or 1, no or yes, is needed"
        raise UserError(f"{_row(where, odd[0])}: {what}")
    return [values[each] for each in said]


def _of_images(rows: pd.DataFrame, where: str) -> pd.DataFrame:
    """Keep a row for each image, with the columns of which all its boxes have one value."""
    values = rows.groupby("path", sort=False).nunique(dropna=False)
    several = values.columns[(values > 1).any()]
    for name in ("split", "group"):
        if name in several:
            other = values.index[values[name] > 1][0]
            raise UserError(f"{where}: the boxes of {other!r} have several values of {name}")
    return rows.drop_duplicates("path").drop(columns=several).reset_index(drop=True)
