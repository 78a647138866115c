"""Data sets known by name: the readers that an entry of params/catalogue/data.yaml may use."""

import gzip
import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from helpers.catalogue import entries, wheels
from helpers.core.errors import UserError, unknown
from helpers.data.items import Items, label_text
from helpers.data.sources import asterisk_prompts, folder, synthetic_accents, table, text_corpora
from helpers.data.sources.tabular_files import read_csv

MAX_UNPACKED = 1024**3


def load(name: str, task: str) -> Items:
    """Fetch a data set's archive once, and read it as its entry says.

    Raises
    ------
    UserError
        Unknown name, another task, an entry that does not fit its archive.
    """
    entry = entries.data(name)
    if entry.task != task:
        raise UserError(f"{name}: for {entry.task}, not for {task}")
    if len(entry.read) != 1 or next(iter(entry.read)) not in READERS:
        raise unknown("reader", ", ".join(entry.read), READERS, f"data.yaml: {name}")
    [(reader, fields)] = entry.read.items()
    members = entry.packages or None
    if entry.archive:
        members = wheels.WheelMembers(wheels.fetch(entry.archive))
    if members is None and reader != "sklearn":
        raise UserError(f"data.yaml: {name}: the reader {reader} needs an archive or packages")
    try:
        items = READERS[reader](members, **fields)
    except TypeError as error:
        if "argument" not in str(error):
            raise
        raise UserError(f"data.yaml: {name}: {reader}: {str(error).split('() ')[-1]}") from None
    digest = entry.archive.sha256 if entry.archive else items.digest
    return replace(
        items,
        name=name,
        task=task,
        digest=digest,
        licence=entry.licence,
        citation=" ".join(entry.citation.split()),
    )


def _table(
    members: wheels.WheelMembers,
    member: str,
    delimiter: str = ",",
    columns: list[str] | None = None,
    **roles: Any,
) -> Items:
    """Read a table whose paths are members of the same archive, relative to the table."""
    rows = read_csv(members.read(member), delimiter, columns)
    frame = table.frame_of(rows, member, **roles)
    base = PurePosixPath(member).parent
    known = [str(base / name) for name in frame["path"]]
    frame["path"] = known
    frame["id"] = [PurePosixPath(each).with_suffix("").as_posix() for each in frame["id"]]
    return Items(
        member, frame, lambda index: members.read(known[index]), "", root=members.path.name
    )


def _pixels(
    members: wheels.WheelMembers, member: str, shape: list[int], label: str = "last"
) -> Items:
    """Read a table of numbers without a header: a picture a row, its label first or last."""
    content = members.read(member)
    if member.endswith(".gz"):
        with gzip.open(io.BytesIO(content)) as stream:
            content = stream.read(MAX_UNPACKED + 1)
    if len(content) > MAX_UNPACKED:
        raise UserError(f"{member}: unpacks to more than {MAX_UNPACKED} bytes")
    try:
        rows = pd.read_csv(io.BytesIO(content), header=None).to_numpy(dtype=np.int64)
        at = {"first": 0, "last": -1}[label]
        pictures = np.delete(rows, at, axis=1).reshape(len(rows), *shape)
    except (ValueError, KeyError, OverflowError) as error:
        raise UserError(f"{member}: not rows of {shape} pixels and a label: {error}") from None
    return _stacked(member, pictures, rows[:, at], members.path.name)


def _folder(members: wheels.WheelMembers, path: str) -> Items:
    """Read a folder a class inside the archive."""
    prefix = path.rstrip("/") + "/"
    names = [name.removeprefix(prefix) for name in members.names() if name.startswith(prefix)]
    frame, unmatched, declared = folder.by_folder(names)
    if not len(frame):
        raise UserError(f"{members.path.name}: no items in folders under {path!r}")
    known = [prefix + name for name in frame["path"]]
    frame["path"] = known
    return Items(
        path,
        frame,
        lambda index: members.read(known[index]),
        "",
        root=members.path.name,
        unmatched=unmatched,
        declared=declared,
    )


def _sklearn(_: None, set: str) -> Items:  # noqa: A002 (the field's name in the catalogue)
    """Read a set that ships inside scikit-learn."""
    if set != "digits":
        raise unknown("scikit-learn set", set, ["digits"])
    import sklearn
    from sklearn.datasets import load_digits

    digits = load_digits()
    pictures = np.rint(digits.images * (255 / 16)).astype(np.uint8)
    items = _stacked("digits", pictures, digits.target, f"scikit-learn {sklearn.__version__}")
    return replace(items, digest=hashlib.sha256(pictures.tobytes()).hexdigest())


def _stacked(name: str, pictures: np.ndarray, labels: np.ndarray, root: str) -> Items:
    ids = [f"{index:06d}" for index in range(len(pictures))]
    frame = pd.DataFrame({"id": ids, "label": label_text(labels.tolist())})
    frame["path"] = [f"{name}#{index}" for index in range(len(pictures))]
    return Items(name, frame, pictures.__getitem__, "", root=root)


READERS: dict[str, Callable[..., Items]] = {
    "table": _table,
    "pixels": _pixels,
    "folder": _folder,
    "sklearn": _sklearn,
    "prompts": asterisk_prompts.load,
    "synthesised": synthetic_accents.load,
    **text_corpora.READERS,
}
