"""Digests of folders: a person's own data and models."""

import os
from pathlib import Path

from helpers.core import code_digest, files, paths

KEPT = "hashes.json"
"""The file below ``build/`` that remembers the digests of single files."""


def of_folder(folder: Path) -> str:
    """Digest every file of a folder by name and content; only a touched one is read again."""
    remembered_file = paths.build() / KEPT
    kept = files.read_json_or_empty(remembered_file)
    known, digests = dict(kept), {}
    for path in _files(folder):
        status = path.stat()
        key = f"{path}|{status.st_size}|{status.st_mtime_ns}"
        known[key] = known.get(key) or files.sha256(path)
        digests[str(path.relative_to(folder))] = known[key]
    if known != kept:
        files.write_json(remembered_file, known)
    return code_digest.of_value(digests)


def _files(folder: Path) -> list[Path]:
    found = []
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(here, name) for name in sorted(names) if not name.startswith(".")]
    return [path for path in found if path.is_file()]
