"""Boxes of YOLO's text files: a line has a class number and fractions of the image."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.core import paths, yaml_files
from helpers.core.errors import UserError
from helpers.core.formatting import counted
from helpers.data import tasks
from helpers.data.detection import boxes
from helpers.data.image import decoding
from helpers.data.items import Found, Items, label_text
from helpers.data.sources import YoloSource
from helpers.data.sources.annotated_images import Listing, items_of, with_splits
from helpers.data.sources.folder import STORES, walk

SPLITS = ("train", "val", "valid", "validation", "test")
FAR = 1.5  # beyond this a number is no fraction of an image, but pixels


def load(fields: YoloSource, task: str) -> Items:
    """Read the images of each split and the labels of each image; one without shows no object.

    Polygons become the boxes around them. Raises UserError for a class without a name, numbers that
    are no fractions, and an image in two splits.
    """
    where, file = fields.file, paths.root() / fields.file
    config, root = yaml_files.read_yaml(file), file.parent.resolve()
    if not isinstance(config, dict):
        raise UserError(f"{where}: a mapping with names, train and val is needed")
    names, split_of, notes = _names(config, where), dict[str, str](), list[str]()
    for split, name in _images(config, root, where):
        is_image = name.lower().endswith(tasks.of(task).SUFFIXES)
        if is_image and split_of.setdefault(name, split) != split:
            raise UserError(f"{where}: {name} is in {split_of[name]} and in {split}")
    if not split_of:
        raise UserError(f"{where}: no images in train, val or test")
    labels = {name: _beside(root, name) for name in split_of}
    pose = "kpt_shape" in config  # key points follow each box
    rows = [row for name, each in labels.items() for row in _rows(each, name, names, pose)]
    notes += ["key points are not read, only the box before them"] * pose
    if polygons := sum(row["polygon"] for row in rows):
        notes.append(f"{counted(polygons, 'polygon')} read as the box around each")
    table = pd.DataFrame(rows, columns=["id", "label", *boxes.SIDES])
    sizes = {name: decoding.upright_size(root / name)[:2] for name in table["id"].unique()}
    size = np.array([sizes[name] for name in table["id"]], float).reshape(-1, 2)
    table[boxes.SIDES] = table[boxes.SIDES].to_numpy(float) * np.hstack([size, size])
    noticed = {}
    if len(names) > 1 and set(table["label"]) == set(names[1:]):
        words = f"number 0, {names[0]!r}, is the only class without a box: are they counted from 1?"
        noticed["D514"] = Found(1, words, consequence=f"Classes may be shifted: {words}")
    images = pd.DataFrame({"path": split_of.keys()})
    images = with_splits(images, pd.Series(split_of.values()), where, notes)
    more: dict[str, Any] = {"alone": [name for name, each in labels.items() if not each.is_file()]}
    more |= {"numbers": dict(enumerate(names)), "notes": notes, "noticed": noticed}
    read = [file, *labels.values()]
    return items_of(
        Listing(where, root, images, boxes.frame(table), read, **more), task, fields.links
    )


def _names(config: dict[Any, Any], where: str) -> list[str]:
    """Return the names of the classes 0, 1, ..., from a list or a mapping."""
    given = config.get("names")
    if isinstance(given, dict):
        numbered = {str(number): name for number, name in given.items()}
        given = [numbered.get(str(number)) for number in range(len(given))]
    given = given if isinstance(given, list) else []
    plain = not any(isinstance(each, list | dict) for each in given)
    names = [name for name in label_text(given if plain else []) if name is not None]
    if not names or len(set(names)) < len(given) or config.get("nc", len(names)) != len(names):
        needed = "a list of different names is needed, or a mapping from 0 on, as many as nc says"
        raise UserError(f"{where}: names: {needed}")
    return names


def _images(config: dict[Any, Any], root: Path, where: str) -> Iterator[tuple[str, str]]:
    """List the images of each split, below a folder or in a list of paths, from the file's folder.

    ``path`` says where these lie; where it has moved, they lie beside the file.
    """
    for split in (name for name in SPLITS if config.get(name)):
        value = config[split]
        for each in map(str, value if isinstance(value, list) else [value]):
            bare = each.removeprefix("./").replace("../", "")
            ways = (root / str(config.get("path") or "") / each, root / each, root / bare)
            there = [way.resolve() for way in ways if os.path.exists(way)]
            place = next((way for way in there if way.is_relative_to(root)), None)
            if place is None:
                raise UserError(f"{where}: {split}: no {each!r} in the folder of this file")
            if place.is_dir():
                found = [place / name for name, kind in walk(place, STORES) if kind == "file"]
            else:
                lines = place.read_text(encoding="utf-8", errors="replace").split("\n")
                found = [place.parent / line.strip() for line in lines if line.strip()]
            if outside := [str(way) for way in found if not way.is_relative_to(root)]:
                raise UserError(f"{where}: {split}: {outside[0]!r} is not below this file's folder")
            yield from ((split, way.relative_to(root).as_posix()) for way in sorted(found))


def _beside(root: Path, image: str) -> Path:
    """Return an image's file of labels: in labels/ in place of images/, else beside it."""
    head, folder, tail = f"/{image}".rpartition("/images/")
    return (root / (f"{head}/labels/{tail}" if folder else image).lstrip("/")).with_suffix(".txt")


def _rows(file: Path, image: str, names: list[str], pose: bool) -> Iterator[dict[str, Any]]:
    text = file.read_text(encoding="utf-8-sig", errors="replace") if file.is_file() else ""
    for number, line in enumerate(text.split("\n"), start=1):
        if not (words := line.split()):
            continue
        place = f"{paths.shown(file)}, line {number}"
        words[0] = words[0].removesuffix(".0")  # as some programs write them
        if not words[0].isdecimal() or int(words[0]) >= len(names):
            allowed = f"numbers of names, 0 to {len(names) - 1}, are allowed"
            raise UserError(f"{place}: class {words[0][:20]!r}: {allowed}")
        words = words[:5] if pose else words
        x, y, width, height = _sides(words[1:], place)
        row = {"id": image, "label": names[int(words[0])], "polygon": len(words) > 5}
        yield row | {"x": x, "y": y, "width": width, "height": height}


def _sides(words: list[str], place: str) -> tuple[float, ...]:
    """Read fractions of an image: centre, width and height of a box, or points of a polygon."""
    box = len(words) == 4
    if not box and (len(words) < 6 or len(words) % 2):
        also = " (a sixth one is the score of a prediction)" if len(words) == 5 else ""
        raise UserError(f"{place}: class, x, y, width and height are needed{also}")
    try:
        values = np.array(words, float)
    except ValueError:
        raise UserError(f"{place}: {' '.join(words)[:60]!r}: numbers are needed") from None
    if (wrong := ~(np.abs(values) < FAR)).any() or (box and values[2:].min() < 0):
        odd = values[wrong.argmax()] if wrong.any() else values[2:].min()
        raise UserError(f"{place}: {odd:g}: a fraction of the image is needed, from 0 to 1")
    if box:
        return (*(values[:2] - values[2:] / 2).tolist(), *values[2:].tolist())
    points = values.reshape(-1, 2)
    return (*points.min(axis=0).tolist(), *np.ptp(points, axis=0).tolist())
