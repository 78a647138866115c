"""Digests of what comes from outside: a person's own data and models, entries of the catalogue."""

from pathlib import Path
from typing import Any

from helpers.catalogue import entries
from helpers.core import code_digest, files, folder_digest, paths
from helpers.data import tasks

OWN = ("file", "predictions", "kerashub", "hf", "whisper")
"""Kinds of model that may lie in a file or folder of one's own."""


def of_source(source: str | dict[str, Any]) -> dict[str, str]:
    """Digest a study's data source: its catalogue entry, or the files it names."""
    if isinstance(source, str):
        return {f"catalogue {source}": code_digest.of_value(entries.data(source).model_dump())}
    [(kind, fields)] = source.items()
    names = [paths.shown(path) for path in own_data(source)]
    if kind == "folder":
        names = [f"{fields['path']}/"]
    if kind == "table":
        names = [fields["file"], "its folder"]
    return {name: _of(path) for name, path in zip(names, own_data(source), strict=False)}


def of_model(name: str) -> dict[str, str]:
    """Digest a model's catalogue entry, or the file that holds it."""
    name = name.removeprefix("scratch:")
    if path := own_model(name):
        return {name: _of(path)}
    name, _ = entries.split_layer(name)
    if ":" in name or any(name in each.baselines for each in tasks.TASKS.values()):
        return {}
    return {f"catalogue {name}": code_digest.of_value(entries.model(name).model_dump())}


def own_data(source: str | dict[str, Any]) -> list[Path]:
    """List the files and folders of one's own that a data source is read from."""
    if isinstance(source, str):
        return []
    [(kind, fields)] = source.items()
    if kind == "npy":
        keys = ("data", "labels", "groups")
        return [paths.root() / fields[key] for key in keys if key in fields]
    if kind == "folder":
        return [paths.root() / fields["path"]]
    if kind == "table":
        table = paths.root() / fields["file"]
        return [table] if table.parent == paths.root() else [table, table.parent]
    return []


def own_model(model: str) -> Path | None:
    """Return the file or folder of one's own that a model or predictions are read from, if any."""
    model = model.removeprefix("scratch:")
    for name in (model, entries.split_layer(model)[0]):
        prefix, _, rest = name.partition(":")
        path = paths.root() / rest
        if prefix in OWN and rest and path.exists():
            return path
    return None


def _of(path: Path) -> str:
    return folder_digest.of_folder(path) if path.is_dir() else files.sha256(path)
