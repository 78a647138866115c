"""What every source gives: a frame with a row for each item, and the way to read one."""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from helpers.core import files
from helpers.core.errors import UserError
from helpers.data import tasks

RESERVED = ("id", "label", "path", "split", "group", "copy_of")
NO_SPEECH = "non-speech"  # the label of recordings without speech: tones, noises, silence


Severity = Literal["error", "warning", "note", "passed", "not applicable", "not checked"]


@dataclass(frozen=True)
class Found:
    """What was found: how many, in words, and the ids concerned.

    ``consequence`` is what it means for the scores, said beside them in the answer; ``severity``
    replaces that of the check: "not checked" where it could not look at ``count`` items.
    """

    count: int
    detail: str
    ids: Sequence[str] = ()
    consequence: str = ""
    severity: Severity | None = None


@dataclass(frozen=True)
class Items:
    """Labelled items, not yet decoded.

    ``frame`` has the columns id (str, unique), label (str or missing) and path; split and group
    where the source has them; and any other column of the source, to slice by.
    """

    name: str
    frame: pd.DataFrame
    raw: Callable[[int], Any]
    digest: str
    root: str = ""
    licence: str = ""
    citation: str = ""
    unmatched: tuple[str, ...] = ()  # files without a label
    absent: tuple[str, ...] = ()  # labels without an item, besides those whose file is missing
    declared: tuple[str, ...] = ()  # classes that the source names, even those without items
    notes: tuple[str, ...] = ()  # decisions made while reading, in words
    noticed: Mapping[str, Found] = field(default_factory=dict)  # while reading, by check code
    merged: Mapping[str, str] = field(default_factory=dict)  # labels that a study renames
    original: int = 0  # how many items the source had before a limit
    set_aside: tuple[str, ...] = ()  # labels whose items come on top of a limit, up to a quarter
    task: str = "image-classification"
    decoding: Mapping[str, Any] = field(default_factory=dict)  # what decoding must know of them all
    ceiling: Sequence[dict[str, Any]] = ()  # how well people do, as rows like published numbers
    equal: np.ndarray | None = None  # the family of equal items that each is of, if reading tells
    boxes: pd.DataFrame | None = None  # the objects in images, as in boxes.parquet
    class_numbers: Mapping[int | str, str] = field(
        default_factory=dict
    )  # that its source gives classes

    def __post_init__(self) -> None:
        """Check the ids, on which everything is joined later."""
        repeated = self.frame["id"][self.frame["id"].duplicated()]
        if len(repeated):
            raise UserError(f"{self.name}: duplicate ids ({len(repeated)}): {repeated.iloc[0]!r}")
        if not len(self.frame):
            raise UserError(f"{self.name}: no {self.modality.MANY} found")
        if not self.original:
            object.__setattr__(self, "original", len(self.frame))

    @property
    def modality(self) -> tasks.Modality:
        """The module of the items' modality."""
        return tasks.of(self.task)

    def read(self, index: int) -> Any:
        """Decode one item, as its modality does; raises ``Unreadable``."""
        return self.modality.decode(self.raw(index), **self.decoding)

    def take(self, rows: Iterable[int]) -> "Items":
        """Return the items of these rows, in this order."""
        rows, raw = [int(row) for row in rows], self.raw
        frame, boxes = self.frame.iloc[rows].reset_index(drop=True), self.boxes
        if boxes is not None:
            boxes = boxes[boxes["id"].isin(frame["id"])].reset_index(drop=True)
        equal = None if self.equal is None else self.equal[rows]
        now = {"frame": frame, "boxes": boxes, "equal": equal}
        return replace(self, raw=lambda index: raw(rows[index]), **now)

    def _different(self, equal: np.ndarray) -> "Items":
        """Take the first of each family of equal items, and keep in mind how many there are."""
        different = np.sort(np.unique(equal, return_index=True)[1])
        copies = self.frame["id"].drop(self.frame.index[different]).tolist()
        shares = f"{len(copies):,} of the source's {len(equal):,} {self.modality.MANY}"
        shares += f" ({len(copies) / len(equal):.0%}) are copies of another"
        detail = f"{shares}: the limit draws from the {len(different):,} that differ"
        found = {"D301": Found(len(copies), detail, copies)} if copies else {}
        rest = replace(self, equal=None, noticed={**self.noticed, **found})
        return rest.take(different)

    def subsample(self, limit: int, seed: int) -> "Items":
        """Take at most ``limit`` items, each class in its share and at least once if there is room.

        Which ones depends on the seed and the ids alone, not on the order of the rows. Items whose
        label is ``set_aside`` come on top, at most a quarter of the limit. Of items that are known
        to be equal, one is drawn at most.
        """
        if self.equal is not None and limit < len(self.frame):
            return self._different(self.equal).subsample(limit, seed)
        frame, aside = self.frame, self.frame["label"].isin(self.set_aside).to_numpy()
        extra = np.random.default_rng(seed).permutation(np.flatnonzero(aside))
        extra = extra[: max(1, limit // 4)]
        limit += len(extra)
        if limit >= len(frame):
            return self
        # sort by id before shuffling, so that the order of the rows does not matter
        order = np.argsort(frame["id"].to_numpy(dtype=object), kind="stable")
        order = order[np.random.default_rng(seed).permutation(len(frame))]
        labels = frame["label"].fillna("").iloc[order]
        # an item's position within its class, as a share of the class
        position = labels.groupby(labels).cumcount().to_numpy()
        share = (position + 0.5) / labels.map(labels.value_counts()).to_numpy(dtype=float)
        # first the extra items, last the others set aside; one of each class before a second one
        tier = np.where(np.isin(order, extra), 0, np.where(aside[order], 2, 1))
        ranked = np.lexsort((share, position > 0, tier))
        return self.take(np.sort(order[ranked[:limit]]))


def label_text(values: Iterable[Any]) -> list[str | None]:
    """Write labels as text, as they are spelled: 3.0 as ``3``; missing and blank ones as None."""
    return list(map(_label, values))


def _label(value: Any) -> str | None:
    value = value.decode(errors="replace") if isinstance(value, bytes) else value
    if value is None or value is pd.NA or value != value:
        return None
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    return str(value) if str(value).strip() else None


def numbered(name: str, labels: Sequence[str | None]) -> pd.DataFrame:
    """Lay out items that have only a number: id, label, and a path such as ``name#7``."""
    ids = [f"{index:06d}" for index in range(len(labels))]
    paths = [f"{name}#{index}" for index in range(len(labels))]
    return pd.DataFrame({"id": ids, "label": labels, "path": paths})


def natural(label: str) -> tuple[int, float, str]:
    """Sort key that puts class 2 before class 10, and numbers before words."""
    try:
        number = float(label)
    except ValueError:
        return 1, 0.0, label
    return (0, number, label) if number == number else (1, 0.0, label)


COPY = "`dvc unprotect`, `git annex unlock` and `cp -rL` put files in their place"


def check_inside(root: Path, names: Iterable[str], where: str) -> None:
    """Raise UserError for paths that leave their folder by a link, their own or one above."""
    inside, real, outside = os.path.realpath(root), cache(os.path.realpath), []
    for name in names:
        path = os.path.join(root, name)
        target = os.path.realpath(path) if os.path.islink(path) else real(os.path.dirname(path))
        if not Path(target).is_relative_to(inside) and os.path.exists(path):
            outside.append(name)
    if outside:
        also = f", and {len(outside) - 1:,} more do" if outside[1:] else ""
        raise UserError(
            f"{where}: path {outside[0]!r} leaves its folder by a link{also}: {COPY}; "
            "`links: follow` in the source allows such links"
        )


def digest_of(root: Path, names: Iterable[str]) -> str:
    """Return the SHA-256 over the names and contents of files below a folder."""
    digest = hashlib.sha256()
    for name in names:
        file = root / name
        digest.update(f"{name} {files.sha256(file) if file.is_file() else 'missing'}\n".encode())
    return digest.hexdigest()
