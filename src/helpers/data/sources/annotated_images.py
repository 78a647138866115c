"""Images with boxes, as annotation files list them: from that list to items."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
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
    by, ``absent`` annotations without an image, ``alone`` images without a file of annotations.
    """

    where: str
    root: Path
    images: pd.DataFrame
    boxes: pd.DataFrame
    read: Iterable[Path]
    numbers: Mapping[Any, str] = field(default_factory=dict)
    absent: Iterable[str] = ()
    alone: list[str] = field(default_factory=list)
    notes: Iterable[str] = ()
    noticed: dict[str, Found] = field(default_factory=dict)


def items_of(listing: Listing, task: str, links: str | None) -> Items:
    """Find the files of listed images; raises UserError for one that leaves its folder.

    Image files that are not listed are told as such: nobody says that they show no object.
    """
    root, where, images, found = listing.root, listing.where, listing.images, listing.boxes
    there = [name for name, kind in walk(root, STORES, links is not None) if kind == "file"]
    notes, noticed = list(listing.notes), dict(listing.noticed)
    if renamed := _located(root, images["path"], there):
        such = " for ".join(next(iter(renamed.items()))[::-1])
        notes.append(f"{counted(len(renamed), 'image')} found under another name: {such}")
        images = images.assign(path=[renamed.get(name, name) for name in images["path"]])
        found = found.assign(id=[renamed.get(name, name) for name in found["id"]])
    if outside := [name for name in images["path"] if not name or files.leaves_folder(name)]:
        raise UserError(f"{where}: image {outside[0]!r} leaves {paths.shown(root)}")
    if links is None:
        check_inside(root, images["path"], where)
    if "split" not in images and (beside := split_names.beside(paths.root() / where)):
        noticed["D210"] = beside
    if listing.alone:
        said = f"{counted(len(listing.alone), 'image')} without a file of annotations"
        words = f"{said} counted as images without objects."
        noticed["D515"] = Found(len(listing.alone), said, listing.alone, words)
    names, suffixes = set(images["path"]), tasks.of(task).SUFFIXES
    read = [f"{file.name} {files.sha256(file)}\n" for file in listing.read if file.is_file()]
    digest = "".join(read) + digest_of(root, images["path"])
    labels = boxes.image_labels(images["path"], found)
    return Items(
        Path(where).name,
        images.assign(id=images["path"], label=labels),
        [root / name for name in images["path"]].__getitem__,
        hashlib.sha256(digest.encode()).hexdigest(),
        root=paths.shown(root),
        task=task,
        boxes=found,
        declared=tuple(dict.fromkeys(listing.numbers.values())),
        class_numbers=listing.numbers,
        unmatched=tuple(n for n in there if n not in names and n.lower().endswith(suffixes)),
        absent=tuple(listing.absent),
        notes=tuple(notes),
        noticed=noticed,
    )


def with_splits(images: pd.DataFrame, named: pd.Series, where: str, notes: list[str]) -> Any:
    """Add the split of each image, from what the source calls it, and note what was called how."""
    ours = split_names.of_column(named, where)
    pairs = Counter(zip(named, ours, strict=True))
    notes += [split_names.note(pairs)] * any(name != kind for name, kind in pairs)
    return images.assign(split=ours)


def splits_by_folder(images: pd.DataFrame, where: str, notes: list[str]) -> Any:
    """Take splits from folders such as train2017 and val2017 if every image lies in one."""
    first = images["path"].str.partition("/")[0].where(images["path"].str.contains("/"), "")
    ours = split_names.translated(first)
    if set(first) != set(ours) or len(set(ours.values())) < 2:
        return images
    return with_splits(images, first, where, notes)


def _located(root: Path, wanted: Iterable[str], there: list[str]) -> dict[str, str]:
    """Find files that are called alike, or lie elsewhere below the root, where one alone fits."""
    if not (missing := {*wanted} - {*there}):
        return {}
    called = defaultdict[str, list[str]](list)
    for name in there:
        called[PurePosixPath(name).name].append(name)
    last = {name: called[PurePosixPath(name).name] for name in sorted(missing)}
    found = {name: same[0] for name, same in last.items() if len(same) == 1} | on_disk(
        root, missing
    )
    uses = Counter(found.values()) + Counter({*wanted} & {*there})
    return {name: file for name, file in found.items() if uses[file] == 1}
