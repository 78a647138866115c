"""A folder with a sub-folder for each class."""

import os
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.core.formatting import counted
from helpers.core.formatting import listed as show
from helpers.core.formatting import names as listed
from helpers.data import split_names, tasks
from helpers.data.encoded import encoded
from helpers.data.items import Found, Items, check_inside, digest_of
from helpers.data.sources import FolderSource
from helpers.data.sources.folder_layout import lay_out, leftover

Kind = Literal["file", "folder", "broken", "again", "closed"]
STORES = (".git", ".dvc", ".hg", ".svn")  # of other programs, not looked into
AWAY: dict[Kind, str] = {
    "broken": "links to nothing (fetch what they stand for: git annex get, dvc pull)",
    "again": "links to folders that are read elsewhere",
    "closed": "folders that may not be opened",
}


def load(fields: FolderSource, task: str, labelled: bool = True) -> Items:
    """List the items of a folder; folders named like train and test are a given split.

    Without labels, all files that the task's modality reads are items, at any depth.
    """
    root, where = paths.root() / fields.path, fields.path
    if not root.is_dir():
        raise UserError(f"{where}: no such folder")
    below = dict(sorted(walk(root, STORES, fields.links is not None)))
    names = [name for name, kind in below.items() if kind in ("file", "broken")]
    own = {name: kind for name, kind in below.items() if not leftover(name)}
    folders = [name for name, kind in own.items() if kind == "folder"]
    rows, seen = lay_out(names, folders, task, where) if labelled else _all(names, task)
    frame, found = pd.DataFrame(rows), {row["path"] for row in rows}
    if fields.links is None:
        check_inside(root, [*folders, *found], where)
    if not rows:
        many = tasks.of(task).MANY
        others = Counter(Path(name).suffix.lower() or name for name in seen["unmatched"])
        held = [f"{name} ({count:,})" for name, count in others.most_common()]
        held += [found.detail for found in seen["noticed"].values()]
        there = f"; there is {listed(held, 6)}" if held else ""
        place = "in sub-folders (one folder per class is needed)" if labelled else "in this folder"
        raise UserError(f"{where}: no {many} {place}{there}")
    raws = [encoded(root / name, fields.encoding) for name in frame["path"]]
    lost = {
        n: k
        for n, k in own.items()
        if k in AWAY and (k != "broken" or n in found or "." not in n.rpartition("/")[2])
    }
    if lost:
        seen["noticed"]["D209"] = _lost(lost)
    if splits := split_names.beside(root):
        seen["noticed"]["D210"] = splits
    name, digest = Path(where).name, digest_of(root, frame["path"])
    root_shown = paths.shown(root)
    return Items(name, frame, raws.__getitem__, digest, root=root_shown, task=task, **seen)


def _all(names: list[str], task: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Make an item of each file of the task's modality; return rows and fields of ``Items``."""
    ours = [name for name in names if name.lower().endswith(tasks.of(task).SUFFIXES)]
    ours = [name for name in ours if not leftover(name)]
    rows: list[dict[str, Any]] = [{"id": n, "label": None, "path": n} for n in ours]
    return rows, {"unmatched": tuple(sorted({*names} - {*ours})), "noticed": {}}


def _lost(lost: dict[str, Kind]) -> Found:
    """Tell what is there by name only, with an example of each kind."""
    told = []
    for kind, words in AWAY.items():
        if of := [name for name, each in lost.items() if each == kind]:
            told.append(f"{len(of):,} {words}, such as {of[0]}")
    gone = [name for name, kind in lost.items() if kind != "again"]
    folders = [name for name in gone if lost[name] == "closed" or not Path(name).suffix]
    classes = f", among them perhaps classes: {show(folders)}" if folders else ""
    left = f"{counted(len(gone), 'file or folder', 'files or folders')} cannot be opened"
    return Found(len(lost), "; ".join(told), [*lost], f"{left}{classes}." if gone else "")


def walk(
    root: Path, passed_over: Collection[str], outside: bool = False
) -> Iterator[tuple[str, Kind]]:
    """Name what is below a folder, relative to it, and say what it is.

    A link is what it leads to: ``broken`` if to nothing, ``again`` if to a folder above it or one
    that another link led to. A folder is ``closed`` if it may not be listed. What lies in folders
    of a name in ``passed_over``, or ``outside`` of the root unless allowed, is not named.
    """
    top = os.path.realpath(root)
    waiting, followed = [(str(root), "")], {top}
    while waiting:
        here, below = waiting.pop()
        try:
            entries = sorted(os.listdir(here), reverse=True)
        except OSError:
            yield below.rstrip("/"), "closed"
            continue
        files.check_names(entries, paths.shown(Path(here)))
        for entry in entries:
            path, name = os.path.join(here, entry), below + entry
            if not os.path.isdir(path):
                if os.path.isfile(path) or not os.path.exists(path):
                    yield name, "file" if os.path.isfile(path) else "broken"
                continue
            enter = entry not in passed_over
            if os.path.islink(path):
                target = os.path.realpath(path)
                if target in followed or Path(os.path.realpath(here)).is_relative_to(target):
                    yield name, "again"
                    continue
                followed.add(target)
                enter = enter and (outside or Path(target).is_relative_to(top))
            yield name, "folder"
            if enter:
                waiting.append((path, f"{name}/"))
