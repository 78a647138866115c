"""The data source of a study file, checked against the registry of sources."""

from pathlib import Path
from typing import Any

from helpers.catalogue import entries
from helpers.core import paths
from helpers.core.errors import UserError, check_known, reason
from helpers.data import sources, tasks


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
        beside = sources.KINDS[kind].folder_too and not fields.get("text")
        if problem := _problem(paths.root() / file, beside):
            raise UserError(f"{where}.{kind}.{key}: {problem}: {file}")
    return {kind: fields, **merges}


def unlabelled(source: Any, task: str, where: str) -> str | dict[str, Any]:
    """Return a source of items whose labels are not read; a catalogue's may be of another task."""
    modality = tasks.get(task).modality
    if isinstance(source, str):
        other = entries.data(source, where).task
        if tasks.get(other).modality != modality:
            raise UserError(f"{where}: {source} is for {other}: {tasks.of(task).MANY} are needed")
        return source
    named = sources.kind_of(source) if isinstance(source, dict) else str(source)
    check_known(
        "data source", named, [kind for kind, each in sources.KINDS.items() if each.bare], where
    )
    return canonical(source, task, where)


def _problem(path: Path, beside: bool) -> str:
    """Say why the user's own data cannot be read from a path, maybe with what lies ``beside``."""
    try:
        real, root = path.resolve(strict=True), paths.root()
    except (OSError, RuntimeError, ValueError) as error:  # a name too long, links in a circle
        return "no such file" if isinstance(error, FileNotFoundError) else reason(error)
    system = any(map(real.is_relative_to, ("/dev", "/proc", "/sys")))  # whose files are none
    if system or not (real.is_dir() or real.is_file()):
        return "neither a file nor a folder with data"
    holds = real if real.is_dir() else real.parent if beside and real.parent != root else None
    if holds and root.is_relative_to(holds):
        return "this repository lies in the folder that is read: give the data one of their own"
    return ""
