"""Digests of folders: the user's own data and models."""

import os
import time
from pathlib import Path

from helpers.core import code_digest, files, paths

CACHE = "hashes.json"  # in build/: each file's state when it was read, and its digest
SETTLED = 2 * 10**9  # nanoseconds after which a change shows in a file's times on any file system


def of_folder(folder: Path) -> str:
    """Digest every file of a folder by name and content; an untouched file is not read again."""
    cache, now, real = paths.build() / CACHE, time.time_ns(), os.path.realpath(folder)
    saved = files.read_json_or_empty(cache)
    known, digests = dict(saved), {}
    for path in files.below(folder, hidden=False):
        name = path[len(str(folder)) + 1 :]
        if not (state := files.state(path)):
            digests[name] = os.path.relpath(os.path.realpath(path), real)
            continue
        before = known.pop(path, None)
        same = isinstance(before, list) and before[0] == list(state)
        digests[name] = before[1] if same else _content(path)
        if state.changed < now - SETTLED:
            known[path] = [list(state), digests[name]]
    if known != saved:
        files.write_json(cache, known)
    return code_digest.of_value(digests)


def _content(path: str) -> str:
    try:
        return files.sha256(Path(path))
    except OSError as error:  # what reads the items says it better
        return str(error.strerror)
