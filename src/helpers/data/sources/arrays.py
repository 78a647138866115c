"""Two arrays: data.npy with the images, labels.npy with a label for each."""

import hashlib
from collections.abc import Sized
from pathlib import Path

import numpy as np
import psutil

from helpers.core import files, paths
from helpers.core.errors import UserError, reason
from helpers.core.formatting import listed
from helpers.data.items import Items, label_text, numbered
from helpers.data.sources import NpySource

Labels = tuple[list[str | None], tuple[str, ...], tuple[str, ...]]  # texts, classes, notes


def load(fields: NpySource, task: str) -> Items:
    """Read images and labels from numpy files.

    ``data`` is [N, height, width] or [N, height, width, 1, 3 or 4]: whole numbers or floats, whose
    range is found while they are read. ``labels`` is [N] or [N, 1] of
    numbers or text, or one-hot [N, K]: the label is then the column's number. ``groups`` is [N] of
    numbers or text; a group is never divided between splits. Raises UserError: missing, pickled or
    damaged file; shapes that do not fit.
    """
    data, labels, groups = fields.data, fields.labels, fields.groups
    images = _read(data)
    if images.ndim not in (3, 4) or (images.ndim == 4 and images.shape[3] not in (1, 3, 4)):
        needed = "N x height x width, or x 1, 3 or 4 channels, needed"
        raise UserError(f"{data}: shape {images.shape}: {needed}")
    if images.dtype.kind not in "biuf":
        raise UserError(f"{data}: values of type {images.dtype}: whole numbers or floats needed")
    texts, declared, notes = _labels(_read(labels), labels)
    _same_length(texts, images, labels, data)
    file = Path(data).name
    frame = numbered(file, texts)
    if groups is not None:
        frame["group"] = label_text(_column(_read(groups), groups))
        _same_length(frame["group"], images, groups, data)
    used = [paths.root() / name for name in (data, labels, groups) if name is not None]
    digest = hashlib.sha256("".join(map(files.sha256, used)).encode()).hexdigest()
    root, raw = paths.shown((paths.root() / data).parent), images.__getitem__
    return Items(file, frame, raw, digest, root=root, declared=declared, notes=notes, task=task)


def _read(name: str) -> np.ndarray:
    """Map a numpy file into memory; one that would run code to load is refused."""
    try:
        found = np.load(paths.root() / name, mmap_mode="r", allow_pickle=False)
        if isinstance(found, np.lib.npyio.NpzFile):
            inside = found.zip.infolist() if found.zip else []
            if len(inside) != 1 or not inside[0].filename.endswith(".npy"):
                held = f"holds {listed(found.files) or 'no arrays'}"
                raise UserError(f"{name}: {held}: write each array to a file of its own, as .npy")
            if (size := inside[0].file_size) > psutil.virtual_memory().available:
                raise UserError(f"{name}: {size:,} bytes unpacked: save it as .npy")
            found = found[found.files[0]]
        return found
    except FileNotFoundError:
        raise UserError(f"{name}: no such file") from None
    except UserError:
        raise
    except Exception as error:  # a damaged header or archive raises many kinds
        objects = "objects" in str(error).lower() or "pickle" in str(error).lower()
        why = "holds Python objects, or is no numpy file" if objects else reason(error)
        raise UserError(f"{name}: {why}; an array of numbers or text is needed") from None


def _labels(array: np.ndarray, name: str) -> Labels:
    """Return label texts, the declared classes and a note; one-hot rows become their column."""
    if array.ndim == 2 and array.shape[1] > 1:
        marks = np.asarray(array)
        if not (np.isin(marks, (0, 1)).all() and (marks.sum(axis=1) <= 1).all()):
            raise UserError(f"{name}: shape {array.shape}: one-hot rows (a single 1) needed")
        missing = int((marks.sum(axis=1) == 0).sum())
        texts = [str(row.argmax()) if row.any() else None for row in marks]
        note = f"one-hot labels read as their column's number ({missing} rows without a 1)"
        return texts, tuple(map(str, range(array.shape[1]))), (note,)
    return label_text(_column(array, name)), (), ()


def _column(array: np.ndarray, name: str) -> list:
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1 or array.dtype.kind not in "biufUS":
        raise UserError(f"{name}: shape {array.shape} of {array.dtype}: N numbers or texts needed")
    return array.tolist()


def _same_length(values: Sized, images: np.ndarray, name: str, data: str) -> None:
    if len(values) != len(images):
        raise UserError(f"{name}: {len(values)} values for {len(images)} images in {data}")
