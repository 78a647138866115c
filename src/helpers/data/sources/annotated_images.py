"""Images with boxes, as annotation files list them: from that list to items."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.core.formatting import counted
from helpers.data import split_names, tasks
from helpers.data.detection import boxes
from helpers.data.items import Found, Items, check_inside, digest_of
from helpers.data.sources.folder import STORES, walk
from helpers.data.sources.table import on_disk


@dataclass(frozen=True)
class Listing:
    """What annotations say: ``images`` has a row for each, with its path below ``root``.

    Its other columns are kept, among them split, group, and the ``stated_width`` and
    ``stated_height`` of the picture that the boxes were drawn on. The ``id`` of ``boxes`` is a path
    of ``images``. ``read`` are the annotation files, ``numbers`` what the source calls its classes
    by, ``absent`` boxes without an image.
    """

    where: str
    root: Path
    images: pd.DataFrame
    boxes: pd.DataFrame
    read: tuple[Path, ...]
    classes: tuple[str, ...] = ()
    numbers: dict[int, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def items_of(listing: Listing, task: str, follow: bool) -> Items:
    """Find the files of listed images; raises UserError for one that leaves its folder.

    Image files that are not listed are told as such: nobody says that they show no object.
    """
    root, where, images, found = listing.root, listing.where, listing.images, listing.boxes
    for name in images["path"]:
        if not name or files.leaves_folder(name):
            raise UserError(f"{where}: image {name!r} leaves {paths.shown(root)}")
    there = [name for name, kind in walk(root, STORES, follow) if kind == "file"]
    renamed, notes = _located(root, images["path"], there), list(listing.notes)
    if renamed:
        old, new = next(iter(renamed.items()))
        many = counted(len(renamed), "image")
        notes.append(f"{many} found elsewhere than annotations say: {new} for {old}")
        images = images.assign(path=images["path"].replace(renamed))
        found = found.assign(id=found["id"].replace(renamed))
    if not follow:
        check_inside(root, images["path"], where)
    names, suffixes = set(images["path"]), tasks.of(task).SUFFIXES
    loose = [name for name in there if name not in names and name.lower().endswith(suffixes)]
    frame = images.assign(id=images["path"], label=boxes.image_labels(images["path"], found))
    noticed = _beside(listing)
    read = [f"{file.name} {files.sha256(file)}\n" for file in listing.read]
    digest = "".join(read) + digest_of(root, frame["path"])
    first = ["id", "label", "path"]
    return Items(
        Path(where).name,
        frame[[*first, *frame.columns.difference(first, sort=False)]].reset_index(drop=True),
        [root / name for name in frame["path"]].__getitem__,
        hashlib.sha256(digest.encode()).hexdigest(),
        root=paths.shown(root),
        task=task,
        boxes=found,
        declared=listing.classes,
        class_numbers=listing.numbers,
        unmatched=tuple(loose),
        absent=listing.absent,
        notes=tuple(notes),
        noticed=noticed,
    )


def splits_of(named: pd.Series, where: str) -> tuple[list[str], list[str]]:
    """Translate the source's split names, and say which became which, if any has another name."""
    ours = split_names.of_column(named, where)
    pairs = pd.Series(list(zip(named, ours, strict=True))).value_counts().to_dict()
    told = any(name != kind for name, kind in pairs)
    return ours, [split_names.note(pairs)] if told else []


def _beside(listing: Listing) -> dict[str, Found]:
    if "split" in listing.images or len(listing.read) != 1:
        return {}
    found = split_names.beside(listing.read[0])
    return {"D210": found} if found else {}


def _located(root: Path, wanted: Iterable[str], there: list[str]) -> dict[str, str]:
    """Find files that lie elsewhere below the root, or are called alike, where one alone fits."""
    missing = sorted({*wanted} - {*there})
    if not missing:
        return {}
    alike, called = on_disk(root, missing), defaultdict[str, list[str]](list)
    for name in there:
        called[PurePosixPath(name).name].append(name)
    last = {name: called.get(PurePosixPath(name).name, []) for name in missing}
    unique = {name: found[0] for name, found in last.items() if len(found) == 1} | alike
    taken = pd.Series(list(unique.values()), dtype=object)
    twice = {*wanted} & {*there} | {*taken[taken.duplicated()]}
    return {name: found for name, found in unique.items() if found not in twice}


def text(value: Any) -> str:
    """Write a path as it is below the root: with slashes, without a leading ``./``."""
    return str(value).replace("\\", "/").removeprefix("./")
