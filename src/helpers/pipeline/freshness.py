"""Remember that everything is up to date, for as long as no file has been written since.

Content decides what is out of date, and reading it all takes a second or two. A file whose name,
size, times and inode are unchanged is taken to be unchanged; else content is read again.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from helpers.core import files, paths

RECORD = "up-to-date.json"
READ = ("params", "notebooks", "requirements.lock")
WRITTEN = ("build", "reports")
CODE = Path(__file__).resolve().parents[1]


def up_to_date_count(names: list[str]) -> int | None:
    """Return how many stages of these studies are up to date; None if one may be out of date."""
    last = files.read_sealed(paths.build() / RECORD)
    if last.get("names") != names or last.get("read") != state_of_what_is_read(last["outside"]):
        return None
    return int(last["stages"]) if last["written"] == _state(WRITTEN) else None


def state_of_code() -> str:
    """Digest the states of all files of this package."""
    return _state([CODE])


def state_of_what_is_read(outside: Iterable[Path | str]) -> str:
    """Digest the states of all files that studies are made from, with those ``outside``."""
    return _state([CODE, *READ, *outside])


def record(names: list[str], stages: int, outside: Iterable[Path], read: str) -> None:
    """Record that these studies (all if none is named) were up to date with what is ``read``.

    Its state is to be older than the finding, since a file may change while pages are rendered.
    """
    own = sorted({str(path) for path in outside})
    content = {"names": names, "stages": stages, "outside": own, "read": read}
    files.write_sealed(paths.build() / RECORD, content | {"written": _state(WRITTEN)})


def _state(watched: Iterable[Path | str]) -> str:
    recorded, digest = str(paths.build() / RECORD), hashlib.sha256()
    for path in (paths.root() / each for each in watched):
        for file in [str(path)] if path.is_file() else files.below(path):
            if file != recorded:
                state = files.state(file) or os.path.realpath(file)
                digest.update(repr((file, state)).encode())
    return digest.hexdigest()
