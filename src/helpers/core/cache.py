"""Entries of the cache: each carries the digest of its content; a damaged one is made again."""

import contextlib
import hashlib
import io
import json
import os
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from helpers.core import files, paths, progress
from helpers.core.errors import reason

FOLDERS = ("features", "fits", "shards", "synthesised")  # of the cache: they hold entries alone
HEAD = b"evalbook entry 1, sha256 of its name and of what follows: "
LENGTH = len(HEAD) + 64 + 1  # with the digest and an end of line


def write(path: Path, arrays: Mapping[str, np.ndarray], about: Mapping[str, Any]) -> None:
    """Write an entry; a cache that cannot be written costs time, not the result."""
    content = io.BytesIO()
    named: Any = {f"_{name}": each for name, each in arrays.items()}
    np.savez(content, **named, about=np.array(json.dumps(files.plain(dict(about)))))
    content.seek(0)
    head = HEAD + _digest(content, path.name).encode() + b"\n"
    try:
        files.write_bytes(path, head, content.getbuffer())
    except OSError as error:
        progress.tell(f"{paths.shown(path)}: not kept: {error.strerror}")


def read(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]] | None:
    """Return an entry's arrays and facts; None if there is none, or a damaged one, discarded."""
    why = "its digest is not that of its content" if files.state(path) else "not a file"
    try:
        if files.state(path):
            with path.open("rb") as stream:
                head = stream.read(LENGTH)
                if head == HEAD + _digest(stream, path.name).encode() + b"\n":
                    stream.seek(LENGTH)
                    with np.load(stream, allow_pickle=False) as kept:
                        arrays = {name[1:]: kept[name] for name in kept.files if name[0] == "_"}
                        return arrays, json.loads(str(kept["about"]))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:  # whole, of older code
        why = reason(error)
    discard(path, why)
    return None


def discard(path: Path, why: str = "") -> bool:
    """Remove what lies at a path, whatever it is, and tell ``why``, if given and it was there."""
    there = os.path.lexists(path)
    with contextlib.suppress(OSError):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    gone = not os.path.lexists(path)
    if there and why:
        made = "made again" if gone else "it cannot be removed"
        progress.tell(f"{paths.shown(path)}: damaged ({why}): {made}")
    return gone


def _digest(stream: io.BytesIO | io.BufferedReader, name: str) -> str:
    """Digest the rest of a stream: an entry under another's name is damaged too."""
    return hashlib.file_digest(stream, lambda: hashlib.sha256(name.encode())).hexdigest()
