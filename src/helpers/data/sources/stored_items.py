"""Where the items of a table are: inside it, as the Hugging Face hub writes them, or beside it."""

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import pandas as pd

from helpers.core import files
from helpers.core.spellings import canonical

HELD = "\0held"  # the column of encoded items that a table holds itself
COLUMNS = ("path", "image", "audio")  # what the column of the items is called, unless declared


def column(rows: pd.DataFrame, declared: str | None) -> str:
    """Name the column of the items."""
    return declared or next((name for name in COLUMNS if name in rows.columns), COLUMNS[0])


def unpacked(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Part a column of structures {bytes, path} into paths, or row numbers, and ``HELD`` bytes."""
    cells = rows[name] if name in rows.columns else pd.Series(dtype=object)
    if not any(isinstance(cell, dict) and "bytes" in cell for cell in cells):
        return rows
    cells = [cell if isinstance(cell, dict) else {} for cell in cells]
    names = [str(cell.get("path") or "").replace("\\", "/") for cell in cells]
    if len(set(names)) < len(names) or any(not each or files.leaves_folder(each) for each in names):
        names = [f"{row:06d}" for row in range(len(rows))]
    return rows.assign(**{name: names, HELD: [cell.get("bytes") for cell in cells]})


def on_disk(root: Path, names: Iterable[str]) -> dict[str, str]:
    """Find files that are called like these names but for case, Unicode form or URL escapes.

    A name whose file is there, or that several files would fit, is left out.
    """

    def folded(part: str) -> str:
        return canonical(part).casefold()

    @cache
    def listing(folder: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for part in sorted(os.listdir(root / folder)) if (root / folder).is_dir() else ():
            found.setdefault(folded(part), []).append(part)
        return found

    def located(name: str) -> str | None:
        place = ""
        for part in PurePosixPath(name).parts:
            same = listing(place).get(folded(part)) or listing(place).get(folded(unquote(part)), [])
            if part not in same and len(same) != 1:
                return None
            place = f"{place}/{part if part in same else same[0]}".lstrip("/")
        return place

    missing = [name for name in names if not (root / name).exists()]
    return {name: found for name in missing if (found := located(name)) is not None}
