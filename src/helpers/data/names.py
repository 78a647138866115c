"""The names of classes and groups: what reads the same is one, and what a study merges."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from helpers.core import spellings
from helpers.core.columns import scores
from helpers.core.errors import UserError, check_known
from helpers.core.formatting import counted, listed
from helpers.data.detection.boxes import image_labels
from helpers.data.items import Items
from helpers.data.sources import MERGES, Merge

UNIT = {False: ("item", "items"), True: ("box", "boxes")}
AS_WRITTEN = ("id", "path", "reference", "sound")  # what is no name


def tidied(items: Items, merges: Mapping[str, Merge]) -> Items:
    """Write names in one way where they read the same, and merge those that a study says are one.

    Raises UserError for a name to merge that no item has.
    """
    frame, notes, merged = items.frame.copy(), list(items.notes), dict[str, str]()
    boxes = None if items.boxes is None else items.boxes.copy()
    declared = [spellings.canonical(name) for name in items.declared]
    for column in frame.columns.difference(AS_WRITTEN):
        table = frame if boxes is None or column != "label" else boxes
        if table[column].dtype.kind == "O":
            table[column] = _alike_as_one(table[column], column, notes)
    for key, merge in merges.items():
        columns = [column for column in MERGES[key] if column in frame.columns]
        if not columns:
            raise UserError(f"{items.name}: {key}: no column {' or '.join(MERGES[key])} to merge")
        for column in columns:
            table = frame if boxes is None or column != "label" else boxes
            new = _wanted(merge, table[column], f"{items.name}: {key}.merge")
            count = counted(int(table[column].isin(new).sum()), *UNIT[table is boxes])
            notes.append(f"{key}: {count} renamed by `merge`")
            table[column] = _renamed(table[column], new)
            if column == "label":
                merged, declared = new, [new.get(name, name) for name in declared]
    named = tuple(dict.fromkeys(filter(None, declared)))
    update = {"frame": frame, "declared": named, "notes": tuple(notes), "merged": merged}
    if boxes is None:
        return replace(items, **update)
    frame["label"] = image_labels(frame["id"], boxes)
    numbers = {k: spellings.canonical(name) for k, name in items.class_numbers.items()}
    numbers = {number: merged.get(name, name) for number, name in numbers.items()}
    return replace(items, **update, boxes=boxes, class_numbers=numbers)


def of_predictions(rows: pd.DataFrame, new: Mapping[str, str], columns: Sequence[str]) -> None:
    """Rename merged classes in a file of predictions too, and add their scores up."""
    for column in set(columns) & set(rows.columns) if new else ():
        rows[column] = _renamed(rows[column], new)
    for one, other in zip(scores(new), scores(new.values()), strict=True):
        if one in rows.columns:
            rows[other] = pd.to_numeric(rows.pop(one)) + pd.to_numeric(rows.get(other, 0))


def _alike_as_one(column: pd.Series, name: str, notes: list[str]) -> pd.Series:
    """Write names as :func:`spellings.canonical` does; what this makes equal is noted."""
    names = [each for each in column if isinstance(each, str)]
    if all(each and each == spellings.canonical(each) for each in {*names}):
        return column
    counts = pd.Series(names, dtype=object).value_counts()
    new = {each: spellings.canonical(each) or None for each in counts.index}
    spelled = counts.groupby(new)  # by what it becomes
    rare = (spelled.sum() - spelled.max())[spelled.size() > 1]
    if len(rare):
        notes.append(
            f"{name}: {counted(int(rare.sum()), 'item')} written with other blanks, unseen "
            "characters or Unicode form than others of the same name: "
            f"{listed(map(repr, rare.index), 4)}"
        )
    return _renamed(column, new)


def _renamed(column: pd.Series, new: Mapping[str, str | None]) -> pd.Series:
    return column.map(lambda each: new.get(each, each)).astype(column.dtype)


def _wanted(merge: Merge, column: pd.Series, where: str) -> dict[str, str]:
    """Map each name to merge to the one that it becomes."""
    if merge.merge == "alike":
        clusters = [list(each) for each in spellings.alike(column)]
        return {name: first for first, *others in clusters for name in others}
    for name in merge.merge:
        check_known("name", spellings.canonical(name), set(column.dropna()), where)
    return {spellings.canonical(old): name for old, name in merge.merge.items()}
