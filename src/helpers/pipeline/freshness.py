"""Remember that everything is up to date, for as long as no file has been written since.

Content decides what is out of date, and reading it all takes a second or two. A file whose name,
size and times are unchanged is taken to be unchanged; only if one differs is content read again.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from helpers.core import files, paths

RECORD = "up-to-date.json"
WATCHED = ("params", "notebooks", "build", "reports", "requirements.lock")
CODE = Path(__file__).resolve().parents[1]


def up_to_date_count(names: list[str]) -> int | None:
    """Return how many stages of these studies are up to date; None if one may be out of date."""
    last = files.read_json_or_empty(paths.build() / RECORD)
    if last.get("names") != names or last.get("signature") != _signature(last.get("outside", [])):
        return None
    return int(last["stages"])


def record(names: list[str], stages: int, outside: Iterable[Path]) -> None:
    """Record that these studies (all if none is named) and the files ``outside`` are up to date."""
    own = sorted({str(path) for path in outside})
    content = {"names": names, "stages": stages, "outside": own, "signature": _signature(own)}
    files.write_json(paths.build() / RECORD, content)


def _signature(outside: list[str]) -> str:
    recorded, digest = str(paths.build() / RECORD), hashlib.sha256()
    for path in (CODE, *(paths.root() / name for name in WATCHED), *map(Path, outside)):
        for file in _files(path):
            if file != recorded:
                digest.update(repr((file, _state(file))).encode())
    return digest.hexdigest()


def _state(file: str) -> tuple[int, int, int] | None:
    try:
        status = os.stat(file)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _files(path: Path) -> Iterator[str]:
    if path.is_file():
        yield str(path)
    for here, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (os.path.join(here, name) for name in sorted(names))
