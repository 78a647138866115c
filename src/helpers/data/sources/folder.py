"""A folder with a sub-folder for each class."""

from pathlib import Path

import pandas as pd

from helpers.core import paths
from helpers.core.errors import UserError
from helpers.data import tasks
from helpers.data.encoded import encoded
from helpers.data.items import SPLIT_NAMES, Items, check_inside, digest_of


def load(path: str, encoding: str | None = None, task: str = "image-classification") -> Items:
    """List the items of a folder; sub-folders train/, validation/, test/ are a given split.

    Raises
    ------
    UserError
        No such folder, no item in it, or a link out of it.
    """
    root = paths.root() / path
    if not root.is_dir():
        raise UserError(f"{path}: no such folder")
    found = [file for file in root.rglob("*") if file.is_file() and not _hidden(file, root)]
    names = sorted(file.relative_to(root).as_posix() for file in found)
    folders = _folders(root)
    frame, unmatched, declared = by_folder(names, folders, task=task)
    check_inside(root, [*folders, *frame.get("path", [])], path)
    if not len(frame):
        many = tasks.of(task).MANY
        raise UserError(f"{path}: no {many} in sub-folders (a folder a class is needed)")
    known = [encoded(root / name, encoding) for name in frame["path"]]
    return Items(
        Path(path).name,
        frame,
        known.__getitem__,
        digest_of(root, frame["path"]),
        root=paths.shown(root),
        unmatched=unmatched,
        declared=declared,
        task=task,
    )


def by_folder(
    names: list[str], folders: list[str] = (), task: str = "image-classification"
) -> tuple[pd.DataFrame, tuple[str, ...], tuple[str, ...]]:
    """Label files by their first folder, or by the second where the first is a side of a split.

    Returns
    -------
    tuple
        The frame, the files that belong to no class, the classes.
    """
    tops = {name.split("/")[0] for name in [*names, *folders] if "/" in name or name in folders}
    sided = bool(tops) and all(top.lower() in SPLIT_NAMES for top in tops)
    depth = 2 if sided else 1
    rows, unmatched, suffixes = [], [], tasks.of(task).SUFFIXES
    for name in names:
        parts = name.split("/")
        if len(parts) <= depth or not name.lower().endswith(suffixes):
            unmatched.append(name)
            continue
        row = {"id": name, "label": parts[depth - 1], "path": name}
        rows.append(row | ({"split": SPLIT_NAMES[parts[0].lower()]} if sided else {}))
    classes = {each.split("/")[depth - 1] for each in folders if each.count("/") == depth - 1}
    return pd.DataFrame(rows), tuple(unmatched), tuple(sorted(classes))


def _folders(root: Path) -> list[str]:
    return [
        each.relative_to(root).as_posix()
        for each in sorted(root.rglob("*"))
        if each.is_dir() and not _hidden(each, root)
    ]


def _hidden(file: Path, root: Path) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in file.relative_to(root).parts)
