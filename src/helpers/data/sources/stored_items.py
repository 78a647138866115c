"""Where the items of a table are: inside it, as the Hugging Face hub writes them, or beside it."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

import pandas as pd

from helpers.core import files
from helpers.core.spellings import canonical

HELD = "\0held"  # the column of encoded items that a table holds itself
COLUMNS = ("path", "image", "audio")  # what the column of the items is called, unless declared


def column(rows: pd.DataFrame, declared: str | None) -> str:
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
    if not (missing := [name for name in names if not (root / name).exists()]):
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
