"""Digests of what comes from outside: a person's own data and models, entries of the catalogue."""

import os
from pathlib import Path
from typing import Any

from helpers import catalogue, files, modalities, paths
from helpers.pipeline import digest

KEPT = "hashes.json"


def of_source(source: str | dict[str, Any]) -> dict[str, str]:
    """Digest a study's data source: its catalogue entry, or the files it names."""
    if isinstance(source, str):
        return {f"catalogue {source}": digest.of_value(catalogue.data(source).model_dump())}
    [(kind, fields)] = source.items()
    if kind == "npy":
        named = [
            paths.root() / fields[key] for key in ("data", "labels", "groups") if key in fields
        ]
        return {paths.shown(path): files.sha256(path) for path in named}
    if kind == "folder":
        return {f"{fields['path']}/": of_folder(paths.root() / fields["path"])}
    if kind == "table":
        table = paths.root() / fields["file"]
        beside = {} if table.parent == paths.root() else {"its folder": of_folder(table.parent)}
        return {fields["file"]: files.sha256(table), **beside}
    return {}


def of_model(name: str) -> dict[str, str]:
    """Digest a model's catalogue entry, or the file that holds it."""
    name, _ = catalogue.split_layer(name.removeprefix("scratch:"))
    prefix, _, rest = name.partition(":")
    if prefix in ("file", "predictions"):
        return {name: files.sha256(paths.root() / rest)}
    if prefix in ("kerashub", "hf", "whisper") and (paths.root() / rest).is_dir():
        return {name: of_folder(paths.root() / rest)}
    if ":" in name or any(name in each.BASELINES for each in modalities.every()):
        return {}
    return {f"catalogue {name}": digest.of_value(catalogue.model(name).model_dump())}


def of_folder(folder: Path) -> str:
    """Digest every file of a folder by name and content; only a touched one is read again."""
    kept_file = paths.build() / KEPT
    kept = _kept(kept_file)
    known, digests = dict(kept), {}
    for path in _files(folder):
        status = path.stat()
        key = f"{path}|{status.st_size}|{status.st_mtime_ns}"
        known[key] = known.get(key) or files.sha256(path)
        digests[str(path.relative_to(folder))] = known[key]
    if known != kept:
        files.write_json(kept_file, known)
    return digest.of_value(digests)


def _files(folder: Path) -> list[Path]:
    found = []
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(here, name) for name in sorted(names) if not name.startswith(".")]
    return [path for path in found if path.is_file()]


def _kept(file: Path) -> dict[str, str]:
    try:
        return files.read_json(file)
    except (OSError, ValueError):
        return {}
