"""A pinned file, fetched once: checked against its digest before it takes its name in the cache."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from helpers.core import files, paths, progress
from helpers.core.errors import UserError


def fetched(
    name: str, sha256: str, said: str, size_mb: float, download: Callable[[Path], Path]
) -> Path:
    """Return a file of the cache; what is not there, or not the pinned one, is fetched anew.

    Parameters
    ----------
    name : str
        The file's name in the cache.
    sha256 : str
        Of its bytes, in hexadecimal.
    said : str
        What is fetched, with its version, for people.
    size_mb : float
    download : callable
        Fetches into a folder and returns the file there.

    Raises
    ------
    UserError
        Other bytes came than were pinned; and what ``download`` raises.
    """
    target = paths.cache("archives", name)
    if files.whole(target, sha256):
        return target
    with files.turn(paths.cache("turns", name)):  # others may need it at once
        if not files.whole(target, sha256):
            _fetch(target, sha256, said, size_mb, download)
    return target


def _fetch(
    target: Path, sha256: str, said: str, size_mb: float, download: Callable[[Path], Path]
) -> None:
    target.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    progress.say(f"fetching {said} ({size_mb:g} MB)")
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=target.parent) as folder:
        came = download(Path(folder))
        got = files.sha256(came)
        if got != sha256:
            raise differs(said, sha256, got)
        came.replace(target)


def differs(said: str, sha256: str, got: str) -> UserError:
    """Make the error for a file of other bytes than were pinned."""
    return UserError(f"{said}: not the pinned file: sha256 {sha256} expected, {got} got")
