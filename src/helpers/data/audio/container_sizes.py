"""The sizes that a recording's header states, and whether they can be believed.

A program that writes to a pipe cannot go back and fill in the size: it leaves 0, all ones, or the
largest size that it dares to state. Any other size is a promise.
"""

import io
from collections.abc import Iterator
from typing import Literal

from helpers.data.encoded import Unreadable

Order = Literal["little", "big"]
WHOLE: dict[
    bytes, tuple[int, int, Order, int]
] = {  # by the first bytes: where a size stands, its bytes, their order, what it leaves out
    b"RIFF": (4, 4, "little", 8),
    b"FORM": (4, 4, "big", 8),
    b"RF64": (20, 8, "little", 8),
    b"riff": (16, 8, "little", 0),  # Wave64
    b".snd": (8, 4, "big", 24),
}
CHUNKED: dict[
    bytes, tuple[int, int, Order, bytes]
] = {  # where chunks begin, the bytes of their sizes, the order, the chunk of the samples
    b"RIFF": (12, 4, "little", b"data"),
    b"FORM": (12, 4, "big", b"SSND"),
    b"caff": (8, 8, "big", b"data"),
}
LOOKED = 65_536  # bytes in which the samples must begin


def check(file: io.BufferedIOBase) -> None:
    """Refuse an empty file, and one that is shorter than a size that its writer could know."""
    head, size = _head(file)
    if not size:
        raise Unreadable("an empty file")
    for end in _ends(head):
        if size < end - 1:  # the last pad byte is often left out
            raise Unreadable(f"truncated: {size:,} of {end:,} bytes are there")


def goes_on(file: io.BufferedIOBase) -> bool:
    """Tell whether samples follow where the header states none, rather than another chunk."""
    head, size = _head(file)
    for name, start, stated in _chunks(head):
        if name == CHUNKED[head[:4]][-1] and not stated:
            following = next(_chunks(head, start), (b"", 0, size))
            return size > start and not (following[0].isalnum() and sum(following[1:]) <= size)
    return head.startswith(b".snd")


def _head(file: io.BufferedIOBase) -> tuple[bytes, int]:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(LOOKED)
    file.seek(0)
    return head, size


def _ends(head: bytes) -> Iterator[int]:
    """List where the file must end at the earliest, by each size that can be believed."""
    if head[:4] in WHOLE:
        at, width, order, apart = WHOLE[head[:4]]
        stated = int.from_bytes(head[at : at + width], order)
        if not _unknown(stated, width):
            yield stated + apart
    for name, start, stated in _chunks(head):
        _, width, _, samples = CHUNKED[head[:4]]
        if name == samples and not _unknown(stated, width):
            yield start + stated


def _chunks(head: bytes, at: int = 0) -> Iterator[tuple[bytes, int, int]]:
    """Walk the chunks of a header: name, where the content starts, the size stated."""
    first, width, order, _ = CHUNKED.get(head[:4], (len(head), 4, "big", b""))
    at = at or first
    while (start := at + 4 + width) <= len(head):
        stated = int.from_bytes(head[at + 4 : start], order)
        yield head[at : at + 4], start, stated
        at = start + stated + (stated % 2 if width == 4 else 0)


def _unknown(size: int, width: int) -> bool:
    """Tell whether a size is what a stream writes: 0, or about the most that fits."""
    most = (256**width, 256**width // 2)
    return size == 0 or any(-4096 <= size - each <= 256 for each in most)
