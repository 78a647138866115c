"""A table with a row for each box: the path of its image, its place, its size and its label."""

from typing import Any

import pandas as pd

from helpers.core import paths
from helpers.core.errors import UserError, unknown
from helpers.data.detection import boxes
from helpers.data.items import RESERVED, Items, label_text
from helpers.data.sources import TableSource
from helpers.data.sources.annotated_images import Listing, items_of, with_splits
from helpers.data.sources.table import item_column
from helpers.data.sources.tabular_files import NOTES, plain, problem_of, read_table

NAMES = {  # what columns are called, unless declared: corners before sizes, which may be an image's
    "x": ("xmin", "x_min", "x1", "left", "x"),
    "y": ("ymin", "y_min", "y1", "top", "y"),
    "x_max": ("xmax", "x_max", "x2", "right"),
    "y_max": ("ymax", "y_max", "y2", "bottom"),
    "width": ("box_width", "w", "width"),
    "height": ("box_height", "h", "height"),
    "ignored": ("ignored", "ignore", "iscrowd", "difficult"),
}
STATED = ("stated_width", "stated_height")  # of the image, as somebody wrote it down
FLAGS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}


def load(fields: TableSource, task: str) -> Items:
    """Read a table of boxes; an image whose row has neither box nor label shows no object.

    Raises UserError for a box of which a part is missing or no number, and for an image whose rows
    disagree on its split or group.
    """
    where = fields.file
    rows = read_table(where, fields.encoding, fields.separator)
    path, names = item_column(rows, fields.path), _columns(fields, rows)
    sides = [side for side in names if side != "ignored"]
    table = pd.DataFrame({side: plain(rows, column, where) for side, column in names.items()})
    table["id"] = [_path(each, where) for each in plain(rows, path, where)]
    table["label"] = label_text(plain(rows, fields.label, where))
    blank = table[sides].isna() | (
        table[sides].astype(str).apply(lambda each: each.str.strip()) == ""
    )
    empty = blank.all(axis=1) & table["label"].isna()
    found = table[~empty].copy()

    def place(row: int) -> str:
        return f"{where}: row {found.index[row] + 1}"

    values, hint = boxes.numbers(found, sides, place), ""
    if "x_max" in sides:
        values["width"] = values["x_max"] - values["x"]
        values["height"] = values["y_max"] - values["y"]
        hint = f"; if {names['x_max']} and {names['y_max']} are a size, name them width and height"
    flags = label_text(found["ignored"]) if "ignored" in names else [""] * len(found)
    if odd := [row for row, each in enumerate(flags) if (each or "").lower() not in FLAGS]:
        raise UserError(f"{place(odd[0])}: {names['ignored']} {flags[odd[0]]!r}: 0 or 1 is needed")
    found = found.assign(**values, ignored=[FLAGS[(each or "").lower()] for each in flags])
    images, notes = _images(rows, fields, table["id"], names), list(rows.attrs.get(NOTES, ()))
    if "split" in images:
        images = with_splits(images, images["split"], f"{where}: column split", notes)
    root, read = (paths.root() / where).parent.resolve(), [paths.root() / where]
    listing = Listing(where, root, images, boxes.checked(found, place, hint), read, notes=notes)
    return items_of(listing, task, fields.links)


def _columns(fields: TableSource, rows: pd.DataFrame) -> dict[str, str]:
    """Find the columns of a box: x, y and either a size or the opposite corner, never a mixture."""
    lower = {str(column).lower(): str(column) for column in rows.columns}
    found = {
        side: getattr(fields, side) or next((lower[n] for n in names if n in lower), None)
        for side, names in NAMES.items()
    }
    sizes = fields.width or fields.height or found["x_max"] is None or found["y_max"] is None
    wanted = ["x", "y", *(["width", "height"] if sizes else ["x_max", "y_max"])]
    if missing := [side for side in wanted if found[side] is None]:
        needed = "x, y, width and height (or x_max and y_max) are needed"
        raise unknown("column", missing[0], lower.values(), f"{fields.file}: {needed}")
    return {side: name for side, name in found.items() if side in (*wanted, "ignored") and name}


def _path(value: Any, where: str) -> str:
    if value is None or value != value:
        raise UserError(f"{where}: a row without a path")
    return str(value).replace("\\", "/").removeprefix("./")


def _images(
    rows: pd.DataFrame, fields: TableSource, path: pd.Series, names: dict[str, str]
) -> pd.DataFrame:
    """Keep a row for each image, with the columns of which all its boxes have one value."""
    images, used = pd.DataFrame({"path": path}), {fields.label, *names.values()}
    called = {fields.split: "split", fields.group: "group"}
    if "x_max" in names:  # beside corners, a width and a height are the image's
        called |= dict(zip(("width", "height"), STATED, strict=True))
    for column in rows.columns:
        name = called.get(column, str(column))
        if column not in used and name not in RESERVED[:3] and not problem_of(rows[column]):
            size = pd.to_numeric(rows[column], errors="coerce") if name in STATED else None
            images[name] = label_text(rows[column]) if size is None else size.where(size > 0)
    values = images.groupby("path", sort=False).nunique(dropna=False)
    several = [name for name in values if (values[name] > 1).any()]
    if odd := {"split", "group"} & {*several}:
        name = odd.pop()
        image = values.index[values[name] > 1][0]
        raise UserError(f"{fields.file}: the boxes of {image!r} have several values of {name}")
    return images.drop_duplicates("path").drop(columns=several).reset_index(drop=True)
