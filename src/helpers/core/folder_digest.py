"""Digests of folders: the user's own data and models."""

import os
from pathlib import Path

from helpers.core import code_digest, files, paths

CACHE = "hashes.json"  # in build/: the digest of each file of a certain size and time


def of_folder(folder: Path) -> str:
    """Digest every file of a folder by name and content; an untouched file is not read again."""
    cache = paths.build() / CACHE
    saved = files.read_json_or_empty(cache)
    known, digests = dict(saved), {}
    for path in _files(folder):
        status = path.stat()
        key = f"{path}|{status.st_size}|{status.st_mtime_ns}"
        known[key] = known.get(key) or files.sha256(path)
        digests[str(path.relative_to(folder))] = known[key]
    if known != saved:
        files.write_json(cache, known)
    return code_digest.of_value(digests)


def _files(folder: Path) -> list[Path]:
    paths_found: list[Path] = []
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths_found += [Path(here, name) for name in sorted(names) if not name.startswith(".")]
    return [path for path in paths_found if path.is_file()]
