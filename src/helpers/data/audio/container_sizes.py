"""The sizes that a recording's header states, and whether they can be believed.

A program that writes to a pipe cannot go back and fill in the size: it leaves 0, all ones, or the
largest size that it dares to state. Any other size is a promise.
"""

import io
from collections.abc import Iterator
from typing import Literal, NamedTuple

from helpers.data.encoded import Unreadable


class Container(NamedTuple):
    """How a format states sizes: in how many bytes, of which order, from where its chunks start."""

    chunks: int
    width: int
    order: Literal["little", "big"]
    samples: bytes  # the chunk that holds them
    whole: int | None  # where the size of all that follows stands; none in a Core Audio file


CONTAINERS = {
    b"RIFF": Container(12, 4, "little", b"data", 4),
    b"FORM": Container(12, 4, "big", b"SSND", 4),
    b"caff": Container(8, 8, "big", b"data", None),
}
ELSEWHERE = {  # where a size stands, its bytes, their order, what it leaves out
    b"RF64": (20, 8, "little", 8),
    b"riff": (16, 8, "little", 0),  # Wave64
    b".snd": (8, 4, "big", 24),
}
LOOKED = 65_536  # bytes in which the samples must begin


def check(file: io.BufferedIOBase) -> None:
    """Refuse an empty file, and one that is shorter than a size that its writer could know."""
    head, size = _head(file)
    if not size:
        raise Unreadable("an empty file")
    for end, width in _promised(head):
        declared = end - 8 if width == 4 else end
        # the last pad byte is often left out
        if not _unknown(declared, 8 * width) and size < end - 1:
            raise Unreadable(f"truncated: {size:,} of {end:,} bytes are there")


def goes_on(file: io.BufferedIOBase) -> bool:
    """Tell whether samples follow where the header states none."""
    head, size = _head(file)
    if head.startswith(b".snd"):
        return True
    for name, start, declared in _chunks(head):
        if name == CONTAINERS[head[:4]].samples and not declared:
            following = next(_chunks(head, start), None)  # another chunk is no sound
            fits = following and following[0].isalnum() and following[1] + following[2] <= size
            return size > start and not fits
    return False


def _head(file: io.BufferedIOBase) -> tuple[bytes, int]:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(LOOKED)
    file.seek(0)
    return head, size


def _promised(head: bytes) -> Iterator[tuple[int, int]]:
    """List where the file must end by each size stated, and in how many bytes that is."""
    if head[:4] in ELSEWHERE:
        start, width, order, apart = ELSEWHERE[head[:4]]
        yield int.from_bytes(head[start : start + width], order) + apart, width  # type: ignore
    elif container := CONTAINERS.get(head[:4]):
        if container.whole:
            stated = head[container.whole : container.whole + container.width]
            yield int.from_bytes(stated, container.order) + 8, container.width
        for name, start, declared in _chunks(head):
            if name == container.samples and not _unknown(declared, 8 * container.width):
                yield start + declared, container.width


def _chunks(head: bytes, start: int = 0) -> Iterator[tuple[bytes, int, int]]:
    """Walk the chunks of a header: name, where the content starts, the size stated."""
    container = CONTAINERS.get(head[:4])
    at = start or (container.chunks if container else len(head))
    while container and at + 4 + container.width <= len(head):
        inside = at + 4 + container.width
        declared = int.from_bytes(head[at + 4 : inside], container.order)
        yield head[at : at + 4], inside, declared
        at = inside + declared + (declared % 2 if container.width == 4 else 0)


def _unknown(size: int, bits: int) -> bool:
    """Tell whether a size is what a stream writes: 0, or about the most that fits."""
    most = (2**bits, 2 ** (bits - 1))
    return size == 0 or any(-4096 <= size - each <= 256 for each in most)
