"""The names of classes and groups: what reads the same is one, and what a study merges."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from helpers.core import spellings
from helpers.core.errors import UserError, check_known
from helpers.core.formatting import counted, listed
from helpers.data.items import Items
from helpers.data.sources import MERGES, Merge

AS_WRITTEN = ("id", "path", "reference", "sound")  # what is no name


def tidied(items: Items, merges: Mapping[str, Merge]) -> Items:
    """Write names in one way where they read the same, and merge those that a study says are one.

    Raises UserError for a name to merge that no item has.
    """
    frame, declared, notes = items.frame.copy(), items.declared, list(items.notes)
    for column in frame.columns:
        if column not in AS_WRITTEN and frame[column].dtype.kind == "O":
            frame[column] = _renamed(frame[column], _same(frame[column], column, notes))
    declared = tuple(dict.fromkeys(filter(None, map(spellings.canonical, declared))))
    for key, merge in merges.items():
        columns = [column for column in MERGES[key] if column in frame.columns]
        if not columns:
            raise UserError(f"{items.name}: {key}: no column {' or '.join(MERGES[key])} to merge")
        for column in columns:
            new = _wanted(merge, frame[column], f"{items.name}: {key}.merge")
            counts = frame[column].isin(new)
            notes += [f"{key}: {counted(int(counts.sum()), 'item')} renamed by `merge`"]
            frame[column] = _renamed(frame[column], new)
            if column == "label":
                declared = tuple(dict.fromkeys(new.get(name, name) for name in declared))
    return replace(items, frame=frame, declared=declared, notes=tuple(notes))


def _same(column: pd.Series, name: str, notes: list[str]) -> dict[str, str | None]:
    """Map names to how they are written here; what this makes equal is noted with its count."""
    counts = column[[isinstance(each, str) for each in column]].value_counts()
    new = {each: spellings.canonical(each) or None for each in counts.index}
    spelled = pd.Series(new, dtype=object).dropna()
    several = spelled[spelled.duplicated(keep=False)].groupby(spelled).groups
    if several:
        fewer = sum(int(counts[each].sum() - counts[each].max()) for each in several.values())
        notes.append(
            f"{name}: {counted(fewer, 'item')} written with other blanks, unseen characters or "
            f"Unicode form than others of the same name: {listed(map(repr, sorted(several)), 4)}"
        )
    return {old: each for old, each in new.items() if each != old}


def _renamed(column: pd.Series, new: Mapping[str, str | None]) -> pd.Series:
    if not new:
        return column
    names = [new.get(each, each) if isinstance(each, str) else each for each in column]
    return pd.Series(names, index=column.index, dtype=column.dtype)


def _wanted(merge: Merge, column: pd.Series, where: str) -> dict[str, str]:
    """Map each name to merge to the one that it becomes."""
    if merge.merge == "alike":
        clusters = [list(each) for each in spellings.alike(column)]
        return {name: first for first, *others in clusters for name in others}
    new = {spellings.canonical(old): name for old, name in merge.merge.items()}
    for old in new:
        check_known("name", old, set(column.dropna()), where)
    return new
