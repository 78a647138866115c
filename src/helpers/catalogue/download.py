"""A pinned file, fetched once: its digest is checked before it takes its name in the cache."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from helpers.core import files, paths, progress
from helpers.core.errors import UserError


def fetched(
    name: str, sha256: str, title: str, size_mb: float, download: Callable[[Path], Path]
) -> Path:
    """Return a file of the cache, fetched if it is missing or not the pinned one.

    ``download`` fetches it into a folder and returns its path; ``title`` is what messages call it.
    """
    target = paths.cache("archives", name)
    if files.is_intact(target, sha256):
        return target
    with files.lock(paths.cache("locks", name)):  # another process may be fetching it
        if files.is_intact(target, sha256):
            return target
        target.unlink(missing_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        progress.say(f"fetching {title} ({size_mb:g} MB)")
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=target.parent) as folder:
            file = download(Path(folder))
            actual = files.sha256(file)
            if actual != sha256:
                raise differs(title, sha256, actual)
            file.replace(target)
    return target


def differs(title: str, expected: str, actual: str) -> UserError:
    """Build the error for a file that is not the pinned one."""
    return UserError(f"{title}: not the pinned file: sha256 {expected} expected, got {actual}")
