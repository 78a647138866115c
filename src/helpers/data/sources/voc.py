"""Boxes in a folder with an XML file for each image, as Pascal VOC and LabelImg write them."""

import os
from collections import defaultdict
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
from defusedxml import DefusedXmlException, ElementTree

from helpers.core import paths
from helpers.core.errors import UserError, reason
from helpers.core.formatting import counted
from helpers.data import split_names, tasks
from helpers.data.detection import boxes
from helpers.data.items import Items
from helpers.data.sources import FolderSource
from helpers.data.sources.annotated_images import Listing, items_of, splits_by_folder, with_splits
from helpers.data.sources.folder import STORES, walk

MOST = 10_000_000  # bytes of an XML file of one image
CORNERS = ("xmin", "ymin", "xmax", "ymax")
YES = ("1", "1.0", "true", "yes")  # of marks; "Unspecified" says nothing
LISTS = "ImageSets/Main/"


def load(fields: FolderSource, task: str) -> Items:
    """Read every annotation below a folder; images without one show no object.

    Numbers are pixels counted from 1, both ends included, as in VOC, unless one of them is 0.
    Raises UserError for XML that is broken or declares entities, and for boxes without numbers.
    """
    root, where, notes = paths.root() / fields.path, fields.path, list[str]()
    if not root.is_dir():
        raise UserError(f"{where}: no such folder")
    below = sorted(n for n, kind in walk(root, STORES, fields.links is not None) if kind == "file")
    pictures = [name for name in below if name.lower().endswith(tasks.of(task).SUFFIXES)]
    called = defaultdict[str, list[str]](list)
    for name in pictures:
        called[PurePosixPath(name).stem].append(name)
    documents, rows, absent = dict[str, Any](), list[dict[str, Any]](), list[str]()
    for name in (each for each in below if each.lower().endswith(".xml")):
        tree, alike = _parsed(root / name, f"{where}/{name}"), called[PurePosixPath(name).stem]
        if tree.tag == "annotation" and not alike:
            absent.append(name)
        elif tree.tag == "annotation":  # train/a.jpg for train/a.xml
            image = max(alike, key=lambda each: len(os.path.commonprefix([each, name])))
            size = [tree.findtext(f"size/{side}") for side in ("width", "height")]
            documents[image] = {"path": image, "stated_width": size[0], "stated_height": size[1]}
            rows += _rows(tree, image, f"{where}/{name}")
    if not documents:
        raise UserError(f"{where}: no XML file of annotations has an image of its name")
    alone = [name for name in pictures if name not in documents]
    images = pd.DataFrame([*documents.values(), *({"path": name} for name in alone)])
    for side in ("stated_width", "stated_height"):
        size = pd.to_numeric(images[side], errors="coerce")
        images[side] = size.where(size > 0)
    images, found = _split(images, root, below, notes), _boxes(rows, notes)
    found, alone = found[found["id"].isin(images["path"])], [*{*alone} & {*images["path"]}]
    read = [root / name for name in below if name.lower().endswith((".xml", ".txt"))]
    more: dict[str, Any] = {"absent": absent, "alone": sorted(alone), "notes": notes}
    return items_of(Listing(where, root, images, found, read, **more), task, fields.links)


def _parsed(file: Path, where: str) -> Any:
    try:
        if file.stat().st_size > MOST:
            raise UserError(f"{where}: {file.stat().st_size:,} bytes, more than {MOST:,}")
        return ElementTree.fromstring(file.read_bytes(), forbid_dtd=True)
    except DefusedXmlException:
        raise UserError(f"{where}: XML with a document type or entities: not read") from None
    except (ElementTree.ParseError, OSError, ValueError, LookupError) as error:
        raise UserError(f"{where}: not readable XML: {reason(error)}") from None


def _rows(tree: Any, image: str, where: str) -> list[dict[str, Any]]:
    rows = []
    for number, each in enumerate(tree.findall("object"), start=1):
        row = {corner: each.findtext(f"bndbox/{corner}") for corner in CORNERS}
        marks = [(each.findtext(mark) or "0").strip() for mark in ("difficult", "ignore")]
        row |= {"id": image, "label": (each.findtext("name") or "").strip() or None}
        row |= {"ignored": any(mark.lower() in YES for mark in marks)}
        rows.append(row | {"place": f"{where}, object {number}"})
    return rows


def _boxes(rows: list[dict[str, Any]], notes: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=[*CORNERS, "id", "label", "ignored", "place"])
    sides = boxes.numbers(table, CORNERS, lambda row: table["place"][row])
    first = int(not (sides[["xmin", "ymin"]] < 1).any(axis=None))
    notes.append(
        f"pixels of boxes are counted from {first}, as {'in VOC' if first else 'some are'}"
    )
    table = table.assign(x=sides["xmin"] - first, y=sides["ymin"] - first)
    table["width"] = sides["xmax"] - sides["xmin"] + first
    table["height"] = sides["ymax"] - sides["ymin"] + first
    hint = "; are xmax and ymax a width and a height?"
    return boxes.checked(table, lambda row: table["place"][row], hint)


def _split(images: pd.DataFrame, root: Path, below: list[str], notes: list[str]) -> pd.DataFrame:
    """Take splits from the lists of ImageSets, which name what is used, or from folders."""
    lists = {PurePosixPath(name).stem: name for name in below if LISTS in f"/{name}"}
    kinds, split_of, lost = split_names.kinds(lists), dict[str, str](), 0
    # beside lists of all images those of a class, cat_train.txt, say nothing new
    kinds = {name: kind for name, kind in kinds.items() if not split_names.read(name)[1]} or kinds
    stems = {PurePosixPath(path).stem for path in images["path"]}
    if {"train", "val"} & kinds.keys():
        kinds.pop("trainval", None)  # which is both
    for name in kinds:
        for line in (root / lists[name]).read_text(encoding="utf-8", errors="replace").split("\n"):
            stem = _stem(line.strip(), stems)
            lost += not stem and bool(line.strip())
            if stem and kinds[other := split_of.setdefault(stem, name)] != kinds[name]:
                raise UserError(f"{lists[name]}: {stem} is in {other} too")
    if not split_of and not lost:
        return splits_by_folder(images, str(root.name), notes)
    named = images["path"].map(lambda path: split_of.get(PurePosixPath(path).stem))
    if named.isna().all():
        raise UserError(f"{root.name}: {LISTS} lists no image that is there")
    left = counted(int(named.isna().sum()), "image")
    notes += [f"{counted(lost, 'line')} of {LISTS} without an image of that name"] * bool(lost)
    notes += [f"{left} in no list of {LISTS}: not used"] * bool(named.isna().any())
    images, named = images[named.notna()].reset_index(drop=True), named.dropna()
    return pd.DataFrame(with_splits(images, named.reset_index(drop=True), LISTS, notes))


def _stem(line: str, stems: set[str]) -> str:
    """Find the image that a line of a list names: its stem, or file, with or without 1, 0 or -1."""
    for name in (line, *line.rsplit(None, 1)[:1]):
        if found := {name, PurePosixPath(name).stem} & stems:
            return name if name in found else found.pop()
    return ""
