"""What a plan has found to be up to date is so for as long as no file has been written to since.

Content decides what is out of date, and reading it all takes a second or two. A file whose name,
size and times are those that the last plan left has the content that it read: only where one of
these differs is content asked again.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from helpers.core import files, paths

RECORD = "settled.json"
PLACES = ("params", "notebooks", "build", "reports", "requirements.lock")
CODE = Path(__file__).resolve().parents[1]


def holds(names: list[str]) -> int | None:
    """Return how many stages of these studies are up to date, or None where that is not known."""
    try:
        found = files.read_json(paths.build() / RECORD)
        settled = found["names"] == names and found["signature"] == _signature(found["outside"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found["stages"] if settled else None


def keep(names: list[str], stages: int, outside: Iterable[Path]) -> None:
    """Record that all stages of these studies are up to date.

    Parameters
    ----------
    names, stages
        As they were asked for, none for all; how many stages they have.
    outside
        Files and folders of one's own that the studies read, wherever these are.
    """
    own = sorted({str(path) for path in outside})
    record = {"names": names, "stages": stages, "outside": own, "signature": _signature(own)}
    files.write_json(paths.build() / RECORD, record)


def _signature(outside: list[str]) -> str:
    """Digest the name, size and times of every file that decides something."""
    kept, digest = paths.build() / RECORD, hashlib.sha256()
    for place in (CODE, *(paths.root() / name for name in PLACES), *map(Path, outside)):
        for file in _files(place):
            if file != str(kept):
                digest.update(repr((file, _state(file))).encode())
    return digest.hexdigest()


def _state(file: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _files(place: Path) -> Iterator[str]:
    """Yield a file, or all files of a folder, in an order that is always the same."""
    if place.is_file():
        yield str(place)
    for here, folders, names in os.walk(place):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (os.path.join(here, name) for name in sorted(names))
