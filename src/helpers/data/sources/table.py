"""A table with a row for each item: its path or text, its label, columns to split or slice by."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd

from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.core.formatting import counted
from helpers.core.schema import Section
from helpers.core.spellings import canonical, shown_as
from helpers.data import split_names, tasks
from helpers.data.encoded import encoded
from helpers.data.items import RESERVED, Items, check_inside, digest_of, label_text
from helpers.data.sources import TableSource
from helpers.data.sources.tabular_files import NOTES, note, plain, problem_of, read_table

HELD = "\0held"  # the column of encoded items that a table holds itself
COLUMNS = ("path", "image", "audio")  # what the column of the items is called, unless declared


class Threshold(Section):
    """A number that becomes one of two labels: below ``at_least``, or from there on."""

    column: str
    at_least: float
    names: tuple[str, str]


@dataclass(frozen=True)
class Columns:
    """Which column holds each item (its path or its text), its label, its split and its group."""

    item: str
    label: str | Threshold | None = "label"  # None: no labels are read
    split: str | None = None
    group: str | None = None


def load(fields: TableSource, task: str, labelled: bool = True) -> Items:
    """Read a CSV, TSV, JSON Lines or parquet file; its paths are relative to its own folder.

    Texts are taken from the column ``text``, other items from the files named in the column
    ``path``, unless other columns are declared. Columns named split and group count as such, but
    where no labels are read. Raises UserError: missing or broken file, unknown column or encoding,
    a path out of the folder.
    """
    rows = read_table(fields.file, fields.encoding, fields.separator)
    is_text = tasks.get(task).modality == "text"
    item = item_column(rows, fields.path)
    columns = Columns(item, fields.label, fields.split, fields.group)
    if not labelled:
        columns = Columns(item, label=None)
        rows = rows.drop(columns={"split", "group"} & {*rows.columns} - {item, fields.text})
    if fields.path is None and (fields.text or is_text):
        columns = replace(columns, item=fields.text or "text")
        frame, texts = text_frame(rows, fields.file, columns)
        return _items(fields.file, frame, texts, task)
    frame = frame_of(rows, fields.file, columns)
    return items_of_files(fields, frame, task, fields.encoding if is_text else None)


def items_of_files(
    fields: TableSource, frame: pd.DataFrame, task: str, encoding: str | None = None
) -> Items:
    """Return items whose paths are relative to the folder of their table, or that it holds."""
    file = fields.file
    root = (paths.root() / file).parent.resolve()
    held = frame.pop(HELD) if HELD in frame else [None] * len(frame)
    outside = [name for name, own in zip(frame["path"], held, strict=True) if own is None]
    if renamed := on_disk(root, outside):
        wanted, found = next(iter(renamed.items()))
        such = f"{shown_as(found)} for {shown_as(wanted)}"
        note(frame, f"{counted(len(renamed), 'file')} called otherwise than in the table: {such}")
        frame["path"] = [renamed.get(name, name) for name in frame["path"]]
        outside = [renamed.get(name, name) for name in outside]
    if fields.links is None:
        check_inside(root, outside, file)
    both = zip(frame["path"], held, strict=True)
    raws = [encoded(root / name, encoding) if own is None else own for name, own in both]
    return _items(file, frame, raws, task, files=outside)


def _items(
    file: str, frame: pd.DataFrame, raws: Sequence[Any], task: str, files: Iterable[str] = ()
) -> Items:
    root, name = (paths.root() / file).parent.resolve(), Path(file).name
    digest, notes = digest_of(root, [name, *files]), frame.attrs.get(NOTES, ())
    items = Items(name, frame, raws.__getitem__, digest, paths.shown(root), notes=notes, task=task)
    beside = None if "split" in frame else split_names.beside(root / name)
    found = [each for each in (split_names.shards(root / name), beside) if each]
    detail = "; ".join(each.detail for each in found)
    return replace(items, noticed={"D210": replace(found[0], detail=detail)}) if found else items


def frame_of(rows: pd.DataFrame, where: str, columns: Columns) -> pd.DataFrame:
    """Turn a table of paths into a frame of items; the other columns are kept, to slice by."""
    rows = unpacked(rows, columns.item)
    held = rows.pop(HELD) if HELD in rows else None
    columns = _checked(rows, where, columns)
    names = [_inside(name, where) for name in rows[columns.item]]
    frame = _frame(rows, where, columns, names, names)
    return frame if held is None else frame.assign(**{HELD: held.to_numpy()})


def text_frame(rows: pd.DataFrame, where: str, columns: Columns) -> tuple[pd.DataFrame, list[str]]:
    """Turn a table of texts into a frame of items, and the texts; an empty cell is an empty one."""
    columns = _checked(rows, where, columns)
    ids = [f"{index:06d}" for index in range(len(rows))]
    positions = [f"{Path(where).name}#{index}" for index in range(len(rows))]
    cells = rows[columns.item].astype(object).where(rows[columns.item].notna(), "")
    return _frame(rows, where, columns, ids, positions), [str(cell) for cell in cells]


def _checked(rows: pd.DataFrame, where: str, columns: Columns) -> Columns:
    """Add columns named split and group, and check that each column is there and can be used."""
    label = columns.label.column if isinstance(columns.label, Threshold) else columns.label
    used = (columns.item, label, columns.split, columns.group)
    split, group = (
        declared or (name if name in rows.columns and name not in used else None)
        for name, declared in (("split", columns.split), ("group", columns.group))
    )
    if label in rows.columns and any(map(pd.api.types.is_list_like, rows[label])):
        raise UserError(f"{where}: column {label!r}: several labels for an item: not supported")
    for column in filter(None, (columns.item, label, split, group)):
        plain(rows, column, where)
    if "id" in rows.columns and plain(rows, "id", where).isna().any():
        raise UserError(f"{where}: column id: {int(rows['id'].isna().sum())} rows without an id")
    return replace(columns, split=split, group=group)


def _frame(
    rows: pd.DataFrame, where: str, columns: Columns, ids: Sequence[Any], item_paths: list[str]
) -> pd.DataFrame:
    if "id" in rows.columns:  # numbers as they are written elsewhere: 7 for 7.0
        ids = label_text(rows["id"]) if rows["id"].dtype.kind == "f" else rows["id"].astype(str)
    frame = pd.DataFrame({"id": list(ids), "label": _labels(rows, columns.label)})
    frame.attrs, frame["path"] = rows.attrs, item_paths
    if columns.split:
        place = f"{where}: column {columns.split!r}"
        frame["split"] = split_names.of_column(rows[columns.split], place)
        pairs = Counter(zip(rows[columns.split].astype(str), frame["split"], strict=True))
        if any(name != ours for name, ours in pairs):
            note(frame, split_names.note(pairs))
    if columns.group:
        frame["group"] = label_text(rows[columns.group])
    others = (each for each in rows.columns if str(each) not in (*RESERVED, columns.item))
    kept = {str(each): label_text(rows[each]) for each in others if not problem_of(rows[each])}
    whole = pd.DataFrame({**frame, **kept})  # at once: a column after the other takes minutes
    whole.attrs = frame.attrs
    return whole


def _inside(name: Any, where: str) -> str:
    text = str(name).replace("\\", "/")
    if name != name or not text or "\0" in text:
        raise UserError(f"{where}: a row without a path")
    if files.leaves_folder(text):
        raise UserError(f"{where}: path {text!r} leaves the table's folder, which paths start at")
    return text


def _labels(rows: pd.DataFrame, label: str | Threshold | None) -> list[str | None]:
    """Take the label column, or name what lies below and above a number."""
    if label is None:
        return [None] * len(rows)
    if isinstance(label, str):
        return label_text(rows[label])
    values = pd.to_numeric(rows[label.column], errors="coerce")
    below, above = label.names
    return [None if v != v else above if v >= label.at_least else below for v in values]


def item_column(rows: pd.DataFrame, declared: str | None) -> str:
    """Name the column of the items."""
    held = [name for name in rows.columns if any(map(_is_held, rows[name].head()))]
    named = (name for name in (*COLUMNS, *held) if name in rows.columns)
    return declared or next(named, COLUMNS[0])


def unpacked(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Part a column of structures {bytes, path} into paths, or row numbers, and ``HELD`` bytes."""
    if name not in rows.columns or not any(map(_is_held, rows[name])):
        return rows
    cells = [cell if _is_held(cell) else {} for cell in rows[name]]
    names = [str(cell.get("path") or "").replace("\\", "/") for cell in cells]
    if len(set(names)) < len(names) or any(not each or files.leaves_folder(each) for each in names):
        names = [f"{row:06d}" for row in range(len(rows))]
    return rows.assign(**{name: names, HELD: [cell.get("bytes") for cell in cells]})


def on_disk(root: Path, names: Iterable[str]) -> dict[str, str]:
    """Find files that are called like these names but for case, Unicode form or URL escapes.

    A name whose file is there, or that several files or one of another name would fit, is left out.
    """
    names = set(names)
    if not (missing := [name for name in names if not os.path.exists(root / name)]):
        return {}
    called = defaultdict(list)
    for file in root.rglob("*"):
        if (path := file.relative_to(root).as_posix()) not in names:
            called[_folded(path)].append(path)
    found = {name: called[_folded(name)] or called[_folded(unquote(name))] for name in missing}
    return {name: same[0] for name, same in found.items() if len(same) == 1}


def _is_held(cell: object) -> bool:
    return isinstance(cell, dict) and "bytes" in cell


def _folded(path: str) -> str:
    return canonical(path.removeprefix("./")).casefold()
