"""Two arrays: data.npy with the pictures, labels.npy with a label for each."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.data.items import Items, label_text


def load(data: str, labels: str, groups: str | None = None, task: str = "") -> Items:
    """Read pictures and labels from numpy files.

    Parameters
    ----------
    data : str
        [N, height, width] or [N, height, width, 1, 3 or 4]: whole numbers 0..255 (16 bits: 65535),
        or floats that are all within 0..1 or all within 0..255.
    labels : str
        [N] or [N, 1] of numbers or text, or one-hot [N, K]: the label is then the column's number.
    groups : str, optional
        [N] of numbers or text: pictures of one group stay on one side of a split.

    Raises
    ------
    UserError
        Missing, pickled or damaged file; shapes that do not fit; values out of range.
    """
    pictures = _read(data)
    if pictures.ndim not in (3, 4) or (pictures.ndim == 4 and pictures.shape[3] not in (1, 3, 4)):
        shape = f"{data}: shape {pictures.shape}"
        raise UserError(f"{shape}: N x height x width, or x 1, 3 or 4 channels, needed")
    scale = _scale(pictures, data)
    names, declared, notes = _labels(_read(labels), labels)
    _same_length(names, pictures, labels, data)
    file = Path(data).name
    frame = pd.DataFrame({"id": [f"{i:06d}" for i in range(len(pictures))], "label": names})
    frame["path"] = [f"{file}#{i}" for i in range(len(pictures))]
    used = [data, labels]
    if groups is not None:
        frame["group"] = label_text(_column(_read(groups), groups))
        _same_length(frame["group"], pictures, groups, data)
        used.append(groups)
    digest = hashlib.sha256("".join(files.sha256(paths.root() / each) for each in used).encode())

    def raw(index: int) -> np.ndarray:
        return pictures[index] if scale == 1 else np.asarray(pictures[index]) / scale

    root = paths.shown((paths.root() / data).parent)
    return Items(
        file, frame, raw, digest.hexdigest(), root=root, declared=declared, notes=tuple(notes)
    )


def _read(name: str) -> np.ndarray:
    """Map a numpy file into memory; one that would run code to load is refused."""
    try:
        return np.load(paths.root() / name, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise UserError(f"{name}: no such file") from None
    except (ValueError, OSError, EOFError) as error:
        objects = "objects" in str(error).lower() or "pickle" in str(error).lower()
        reason = "holds Python objects, or is no numpy file" if objects else str(error)
        raise UserError(f"{name}: {reason}; an array of numbers or text is needed") from None


def _scale(pictures: np.ndarray, name: str) -> int:
    """Return what floats are divided by, decided once for the whole array, to lie within 0..1."""
    if pictures.dtype.kind not in "biuf":
        raise UserError(f"{name}: values of type {pictures.dtype}: whole numbers or floats needed")
    if pictures.dtype.kind != "f" or not pictures.size:
        return 1
    finite = pictures[np.isfinite(pictures)]
    low, high = (finite.min(), finite.max()) if finite.size else (0, 0)
    if low < 0 or high > 255:
        raise UserError(f"{name}: values from {low:g} to {high:g}: 0..1 or 0..255 needed")
    return 255 if high > 1 else 1


def _labels(array: np.ndarray, name: str) -> tuple[list[str | None], tuple[str, ...], list[str]]:
    """Return label texts, the declared classes and a note; one-hot rows become their column."""
    if array.ndim == 2 and array.shape[1] > 1:
        marks = np.asarray(array)
        if not (np.isin(marks, (0, 1)).all() and (marks.sum(axis=1) <= 1).all()):
            raise UserError(f"{name}: shape {array.shape}: one-hot rows (a single 1) needed")
        missing = int((marks.sum(axis=1) == 0).sum())
        texts = [str(row.argmax()) if row.any() else None for row in marks]
        note = f"one-hot labels read as their column's number ({missing} rows without a 1)"
        return texts, tuple(map(str, range(array.shape[1]))), [note]
    return label_text(_column(array, name)), (), []


def _column(array: np.ndarray, name: str) -> list:
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1 or array.dtype.kind not in "biufUS":
        raise UserError(f"{name}: shape {array.shape} of {array.dtype}: N numbers or texts needed")
    return array.tolist()


def _same_length(values: list, pictures: np.ndarray, name: str, data: str) -> None:
    if len(values) != len(pictures):
        raise UserError(f"{name}: {len(values)} values for {len(pictures)} pictures in {data}")
