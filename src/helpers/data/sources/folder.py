"""A folder with a sub-folder for each class."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from helpers.core import paths
from helpers.core.errors import UserError
from helpers.data import tasks
from helpers.data.encoded import encoded
from helpers.data.items import SPLIT_NAMES, Items, check_inside, digest_of
from helpers.data.sources import FolderSource


def load(fields: FolderSource, task: str) -> Items:
    """List the items of a folder; sub-folders train/, validation/, test/ are a given split.

    Raises UserError: no such folder, no item in it, or a link out of it.
    """
    path = fields.path
    root = paths.root() / path
    if not root.is_dir():
        raise UserError(f"{path}: no such folder")
    found = [file for file in root.rglob("*") if file.is_file() and not _hidden(file, root)]
    names = sorted(file.relative_to(root).as_posix() for file in found)
    folders = _folders(root)
    listing = by_folder(names, folders, task)
    frame = listing.frame
    check_inside(root, [*folders, *frame.get("path", [])], path)
    if not len(frame):
        many = tasks.of(task).MANY
        raise UserError(f"{path}: no {many} in sub-folders (one folder per class is needed)")
    raws = [encoded(root / name, fields.encoding) for name in frame["path"]]
    return Items(
        Path(path).name,
        frame,
        raws.__getitem__,
        digest_of(root, frame["path"]),
        root=paths.shown(root),
        unmatched=listing.unmatched,
        declared=listing.classes,
        task=task,
    )


class Listing(NamedTuple):
    """The items of a folder."""

    frame: pd.DataFrame
    unmatched: tuple[str, ...]  # files that belong to no class
    classes: tuple[str, ...]  # classes that have a folder, even an empty one


def by_folder(
    names: Sequence[str], folders: Sequence[str] = (), task: str = "image-classification"
) -> Listing:
    """Label files by their first folder, or by the second where the first names a split."""
    tops = {name.split("/")[0] for name in [*names, *folders] if "/" in name or name in folders}
    is_split = bool(tops) and all(top.lower() in SPLIT_NAMES for top in tops)
    depth = 2 if is_split else 1
    rows, unmatched, suffixes = [], [], tasks.of(task).SUFFIXES
    for name in names:
        parts = name.split("/")
        if len(parts) <= depth or not name.lower().endswith(suffixes):
            unmatched.append(name)
            continue
        row = {"id": name, "label": parts[depth - 1], "path": name}
        rows.append(row | ({"split": SPLIT_NAMES[parts[0].lower()]} if is_split else {}))
    classes = {each.split("/")[depth - 1] for each in folders if each.count("/") == depth - 1}
    return Listing(pd.DataFrame(rows), tuple(unmatched), tuple(sorted(classes)))


def _folders(root: Path) -> list[str]:
    return [
        each.relative_to(root).as_posix()
        for each in sorted(root.rglob("*"))
        if each.is_dir() and not _hidden(each, root)
    ]


def _hidden(file: Path, root: Path) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in file.relative_to(root).parts)
