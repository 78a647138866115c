"""The data source of a study file, checked against the registry of sources."""

from typing import Any

from helpers.catalogue import entries
from helpers.core import paths
from helpers.core.errors import UserError
from helpers.data import sources


def canonical(source: str | dict[str, Any], task: str, where: str) -> str | dict[str, Any]:
    """Return a catalogue name unchanged, and any other source as ``{kind: {field: value}}``."""
    if isinstance(source, str):
        entry = entries.data(source, where)
        if entry.task != task:
            raise UserError(f"{where}: {source} is for {entry.task}, not for {task}")
        return source
    kind, section = sources.checked(source, task, f"{where}.")
    fields = section.model_dump(mode="json", exclude_none=True)
    merges = {key: each.model_dump() for key, each in sources.merges(source, f"{where}.").items()}
    for key, file in sources.KINDS[kind].own(fields):
        if not (paths.root() / file).exists():
            raise UserError(f"{where}.{kind}.{key}: no such file: {file}")
    return {kind: fields, **merges}
