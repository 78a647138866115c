"""Items before they are decoded: the bytes of an encoded file, or its path."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from helpers.core.errors import reason

MAX_BYTES = 500_000_000
POINTERS = (b"version https://git-lfs.github.com/spec/", b"/annex/objects/")
NO_FILE = "no such file"


class Unreadable(Exception):
    """An item that cannot be decoded; the message is the reason."""


@dataclass(frozen=True)
class Encoded:
    """A text file with the encoding that was declared for it."""

    content: bytes | Path
    encoding: str


def encoded(content: bytes | Path, encoding: str | None) -> "bytes | Path | Encoded":
    """Join a file with its declared encoding, if one was declared."""
    return content if encoding is None else Encoded(content, encoding)


def content_of(raw: bytes | Path) -> bytes:
    """Return an item's encoded bytes, read from its file if necessary."""
    if isinstance(raw, bytes):
        return raw
    with file_errors(raw):
        if raw.stat().st_size > MAX_BYTES:
            raise Unreadable(f"a file of {raw.stat().st_size:,} bytes, more than {MAX_BYTES:,}")
        content = raw.read_bytes()
    if content.startswith(POINTERS):
        raise Unreadable("a pointer, not the file: fetch it with git lfs pull or git annex get")
    return content


@contextmanager
def file_errors(path: Path) -> Iterator[None]:
    """Say why a file is unreadable; from a device or a pipe reading may never end."""
    try:
        if not (S_ISREG(mode := path.stat().st_mode) or S_ISDIR(mode)):
            raise Unreadable("no file, but a device or a pipe")
        yield
    except FileNotFoundError:
        raise Unreadable(NO_FILE) from None
    except OSError as error:
        raise Unreadable(error.strerror or reason(error)) from None
