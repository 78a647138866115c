"""The data source of a study file, checked against the registry of sources."""

from collections.abc import Mapping
from typing import Any

from helpers.catalogue import entries
from helpers.core import paths
from helpers.core.errors import UserError
from helpers.data import sources
from helpers.data.sources import Merge


def canonical(
    source: str | dict[str, Any], task: str, where: str, merges: Mapping[str, Merge] | None = None
) -> str | dict[str, Any]:
    """Return a catalogue name unchanged, and any other source as ``{kind: {field: value}}``.

    ``merges`` are the labels and groups that a study makes one, beside those that the source names.
    """
    if isinstance(source, str):
        if merges:
            raise UserError(
                f"{where}: {source}: {' and '.join(merges)} of the catalogue stay as they are"
            )
        entry = entries.data(source, where)
        if entry.task != task:
            raise UserError(f"{where}: {source} is for {entry.task}, not for {task}")
        return source
    kind, section = sources.checked(source, task, f"{where}.")
    fields = section.model_dump(mode="json", exclude_none=True)
    merges = sources.merges(source, f"{where}.") | dict(merges or {})
    for key in sources.KINDS[kind].own_files:
        if key in fields and not (paths.root() / fields[key]).exists():
            raise UserError(f"{where}.{kind}.{key}: no such file: {fields[key]}")
    return {kind: fields, **{key: each.model_dump() for key, each in merges.items()}}
