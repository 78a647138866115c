"""Files that are complete or absent: every write goes to a temporary name, then is renamed."""

import contextlib
import fcntl
import glob
import hashlib
import json
import math
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from stat import S_ISREG
from typing import IO, Any, NamedTuple

from helpers.core.errors import UserError


def _write(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as stream:
            write(stream)
        partial.replace(path)
    except OSError as error:
        if error.errno and (not error.filename or error.filename2):  # a full disk names no file
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def make_room(path: Path) -> None:
    """Remove what killed processes left of writing a file, and a folder in its place.

    Nobody else may be writing it now.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    for partial in path.parent.glob(f".{glob.escape(path.name)}.*partial"):
        partial.unlink(missing_ok=True)


def write_bytes(path: Path, *parts: bytes | memoryview) -> None:
    """Write bytes atomically, given in one part or several."""
    _write(path, lambda stream: stream.writelines(parts))


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text atomically."""
    write_bytes(path, text.encode())


def write_json(path: Path, value: Any) -> None:
    """Write JSON atomically: keys sorted, NumPy values as plain ones, NaN and infinity as null."""
    write_text(path, json.dumps(plain(value), indent=1, sort_keys=True, allow_nan=False) + "\n")


def write_parquet(path: Path, frame: Any) -> None:
    """Write a pandas frame atomically, without its index."""
    _write(path, lambda stream: frame.to_parquet(stream, index=False))


def write_parquet_or_remove(path: Path, frame: Any | None) -> None:
    """Write a pandas frame, or remove the file of an earlier run if there is none now."""
    if frame is None:
        path.unlink(missing_ok=True)
    else:
        write_parquet(path, frame)


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def read_json_or_empty(path: Path) -> dict[str, Any]:
    """Read a JSON object; an empty one if the file is missing or damaged."""
    try:
        content = read_json(path)
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def write_sealed(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON object with the digest of its content."""
    write_json(path, {"content": content, "sha256": _seal(content)})


def read_sealed(path: Path) -> dict[str, Any]:
    """Read what ``write_sealed`` wrote; an empty object if it is missing or not as written."""
    found = read_json_or_empty(path)
    whole = "content" in found and found.get("sha256") == _seal(found["content"])
    return found["content"] if whole else {}


def _seal(content: Any) -> str:
    return hashlib.sha256(json.dumps(plain(content), sort_keys=True).encode()).hexdigest()


def check_names(names: Iterable[str], where: str) -> None:
    """Raise UserError for a file's name that is not UTF-8: no table and no page can hold it."""
    for name in names:
        try:
            name.encode()
        except UnicodeEncodeError:
            problem = f"the name {os.fsencode(name)!r} is not UTF-8: rename it (convmv helps)"
            raise UserError(f"{where}: {problem}") from None


def leaves_folder(name: str) -> bool:
    """Tell whether a path in an archive or a table points outside its folder, on any system."""
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or bool(re.search(r"[\\\0]|^[A-Za-z]:", name))


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class State(NamedTuple):
    """What a file shows without being read.

    Size and time of writing survive ``rsync -t``, ``unzip`` and ``cp -p``; the other two do not.
    """

    size: int
    written: int
    changed: int
    inode: int


def state(path: str | Path) -> State | None:
    """Return the state of a file; None if it is missing or no file."""
    with contextlib.suppress(OSError):
        found = os.stat(path)
        if S_ISREG(found.st_mode):
            return State(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
    return None


def below(folder: str | Path, hidden: bool = True) -> Iterator[str]:
    """List what lies in a folder and in the folders that it links to, in order of name.

    A folder that came before, under another name, is listed by this name and not entered again.
    """
    came = set[tuple[int, int]]()
    for here, folders, names in os.walk(folder, followlinks=True):
        found = os.stat(here)
        if (found.st_dev, found.st_ino) in came:
            folders.clear()
            yield here
            continue
        came.add((found.st_dev, found.st_ino))
        skipped = ("__pycache__",) if hidden else ("__pycache__", ".")
        folders[:] = sorted(name for name in folders if not name.startswith(skipped))
        yield from (os.path.join(here, each) for each in sorted(names) if hidden or each[0] != ".")


def is_intact(path: Path, digest: str) -> bool:
    """Tell whether a file exists and has this SHA-256; an unchanged file is read only once."""
    return (now := state(path)) is not None and _digest(path, now) == digest


@cache
def _digest(path: Path, now: State) -> str:
    return sha256(path)


@contextlib.contextmanager
def lock(
    path: Path,
    waiting: Callable[[], None] = lambda: None,
    wait: bool = True,
    shared: bool = False,
) -> Iterator[None]:
    """Hold a lock between processes: call ``waiting`` and wait, or raise BlockingIOError."""
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():  # damaged: a lock holds nothing
            shutil.rmtree(path, ignore_errors=True)
        with path.open("a+") as stream:
            try:
                fcntl.flock(stream, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if not wait:
                    raise
                waiting()
                fcntl.flock(stream, kind)
            except OSError as error:  # which names no file
                raise OSError(error.errno, error.strerror, str(path)) from None
            found = state(path)
            if found and found.inode == os.fstat(stream.fileno()).st_ino:
                yield
                return
            # removed meanwhile: others hold a file of its name now


def plain(value: Any) -> Any:
    """Reduce NumPy scalars, arrays, paths and non-finite floats to JSON values."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value) if isinstance(value, Path) else value
