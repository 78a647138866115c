"""A pinned file, fetched once: its digest is checked before it takes its name in the cache."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from helpers.catalogue.entries import Archive, Package, file_of
from helpers.core import cache, files, paths, progress
from helpers.core.errors import UserError


def fetched(pinned: Archive | Package, title: str, download: Callable[[Any, Path], Path]) -> Path:
    """Return a file of the cache, fetched if it is missing or not the pinned one.

    ``download`` fetches it into a folder and returns its path; ``title`` is what messages call it.
    """
    target, sha256 = paths.cache("archives", file_of(pinned)), pinned.sha256
    if files.is_intact(target, sha256):
        return target
    with files.lock(paths.cache("locks", target.name)):  # another process may be fetching it
        if files.is_intact(target, sha256):
            return target
        cache.discard(target, "not the pinned file")
        target.parent.mkdir(parents=True, exist_ok=True)
        progress.say(f"fetching {title} ({pinned.size_mb:g} MB)")
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=target.parent) as folder:
            file = download(pinned, Path(folder))
            actual = files.sha256(file)
            if actual != sha256:
                raise differs(title, sha256, actual)
            file.replace(target)
    return target


def differs(title: str, expected: str, actual: str) -> UserError:
    """Build the error for a file that is not the pinned one."""
    return UserError(f"{title}: not the pinned file: sha256 {expected} expected, got {actual}")
