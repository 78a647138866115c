"""Entries of the cache: each carries the digest of its content; a damaged one is made again."""

import contextlib
import hashlib
import io
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from helpers.core import files, paths, progress

FOLDERS = ("features", "fits", "synthesised")  # of the cache: they hold entries alone
HEAD = b"evalbook entry 1, sha256 of its name and of what follows: "
LENGTH = len(HEAD) + 64 + 1  # with the digest and an end of line


def write(path: Path, arrays: Mapping[str, np.ndarray], about: Mapping[str, Any]) -> None:
    """Write an entry; a cache that cannot be written costs time, not the result."""
    content, facts = io.BytesIO(), np.array(json.dumps(files.plain(dict(about))))
    named: Any = {f"_{name}": each for name, each in arrays.items()}
    np.savez(content, about=facts, **named)
    content.seek(0)
    head = HEAD + _digest(content, path.name).encode() + b"\n"
    try:
        files.write_bytes(path, head, content.getbuffer())
    except OSError as error:
        progress.tell(f"{paths.shown(path)}: not kept: {error.strerror}")


def read(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]] | None:
    """Return an entry's arrays and facts; None if there is none, or a damaged one, discarded."""
    try:
        if not (why := damage(path)):
            with path.open("rb") as stream:
                stream.seek(LENGTH)
                with np.load(stream, allow_pickle=False) as kept:
                    arrays = {name[1:]: kept[name] for name in kept.files if name[0] == "_"}
                    return arrays, json.loads(str(kept["about"]))
    except FileNotFoundError:
        return None
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        why = str(error)
    discard(path, why)
    return None


def damage(path: Path) -> str:
    """Say why an entry cannot be used, empty if it can; raises OSError if it cannot be read."""
    if files.state(path) is None:
        path.lstat()
        return "not a file"
    with path.open("rb") as stream:
        head = stream.read(LENGTH)
        whole = (
            head.startswith(HEAD) and head[len(HEAD) : -1] == _digest(stream, path.name).encode()
        )
    return "" if whole else "its digest is not that of its content"


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
