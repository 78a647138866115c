"""The sizes that a recording's header states, and whether they can be believed.

libsndfile reads what is there, and notes where a header states more. A program that writes to a
pipe cannot go back and fill in the size: it leaves 0, all ones, or the largest size that it dares
to state. Any other size is a promise.
"""

import io
import re
import struct

# of RIFF, AIFF, RF64, Wave64 and AU files in libsndfile's log: the size stated, and that found
_SIZES = re.compile(
    r"^ *(?:RIFF|FORM|Riff size|riff|data|SSND|Data Size) *: (-?\d+)(?: \(should be (\d+)\))?", re.M
)
_MOST = [2**bits for bits in (31, 32, 63, 64)]

_LEAST = 1024  # bytes after the samples that are more than a careless end
_TAIL = 2**17  # bytes that hold the last page of an Ogg file whole


def cut(file: io.BufferedIOBase) -> str:
    """Say how an Ogg or a WAV file that libsndfile reads as whole is not; empty if it is."""
    start = file.read(12)
    size = file.seek(0, io.SEEK_END)
    if start[:4] == b"OggS":
        file.seek(max(0, size - _TAIL))
        page = file.read()
        page = page[max(0, page.rfind(b"OggS")) :]
        table = page[27 : 27 + page[26]] if len(page) > 26 else b""
        ended = len(page) > 26 and page[5] & 4 and len(page) >= 27 + page[26] + sum(table)
        return "" if ended else f"truncated: {size:,} bytes are there, without the last page"
    return _unread(file, size) if start[:4] + start[8:] == b"RIFFWAVE" else ""


def _unread(file: io.BufferedIOBase, size: int) -> str:
    """Say how many bytes follow a WAV file's samples that are neither chunk, tag nor padding."""
    at, name, stated = 12, b"", 0
    while name != b"data":
        file.seek(at)
        if len(head := file.read(8)) < 8:
            return ""
        name, stated = struct.unpack("<4sI", head)
        at += 8 + stated + (stated % 2 if name != b"data" else 0)
    file.seek(min(at, size))
    rest = file.read(_TAIL)
    known = any(re.match(rb"\w[\w ]{3}|TAG|ID3", rest[odd:]) for odd in (0, 1))
    if _unknown(stated) or known or len(rest) < _LEAST or not rest.strip(b"\0"):
        return ""
    return f"the header states {stated:,} bytes of samples, but {size - at:,} more follow them"


def truncation(log: str) -> str:
    """Say how many bytes are there of a size that the writer could know; empty if all are."""
    sizes = [(int(stated), int(there or stated)) for stated, there in _SIZES.findall(log)]
    lacks = max((stated - there for stated, there in sizes if not _unknown(stated)), default=0)
    size = int(log.split(maxsplit=3)[2])  # Length : 64044
    whole = lacks <= 1  # the last pad byte is often left out
    return "" if whole else f"truncated: {size:,} of {size + lacks:,} bytes are there"


def is_open(log: str) -> bool:
    """Tell whether a file may go on although its header states no samples."""
    stated, there = next(iter(_SIZES.findall(log)), ("0", ""))
    return there != "" or _unknown(int(stated))


def _unknown(size: int) -> bool:
    return size <= 0 or any(-4096 <= size - most <= 256 for most in _MOST)
