"""A folder with a sub-folder for each class."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from helpers.core import paths
from helpers.core.errors import UserError
from helpers.data import tasks
from helpers.data.encoded import encoded
from helpers.data.items import SPLIT_NAMES, Items, check_inside, digest_of
from helpers.data.sources import FolderSource


def load(fields: FolderSource, task: str) -> Items:
    """List the items of a folder; sub-folders train/, validation/, test/ are a given split."""
    root, where = paths.root() / fields.path, fields.path
    if not root.is_dir():
        raise UserError(f"{where}: no such folder")
    below = [found.relative_to(root) for found in root.rglob("*")]
    shown = [p for p in below if not any(part.startswith((".", "__MACOSX")) for part in p.parts)]
    names = sorted(path.as_posix() for path in shown if (root / path).is_file())
    folders = sorted(path.as_posix() for path in shown if (root / path).is_dir())
    frame, unmatched, classes = by_folder(names, folders, task)
    check_inside(root, [*folders, *frame.get("path", [])], where)
    if not len(frame):
        many = tasks.of(task).MANY
        raise UserError(f"{where}: no {many} in sub-folders (one folder per class is needed)")
    raws = [encoded(root / name, fields.encoding) for name in frame["path"]]
    name, digest, read = Path(where).name, digest_of(root, frame["path"]), raws.__getitem__
    seen = paths.shown(root)
    return Items(
        name, frame, read, digest, root=seen, unmatched=unmatched, declared=classes, task=task
    )


def by_folder(
    names: Sequence[str], folders: Sequence[str] = (), task: str = "image-classification"
) -> tuple[pd.DataFrame, tuple[str, ...], tuple[str, ...]]:
    """Label files by folder, below a split's; return items, files of no class, and all classes."""
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
    return pd.DataFrame(rows), tuple(unmatched), tuple(sorted(classes))
