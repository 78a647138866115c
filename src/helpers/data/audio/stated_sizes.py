"""The sizes that a recording's header states, and whether they can be believed.

libsndfile reads what is there, and notes where a header states more. A program that writes to a
pipe cannot go back and fill in the size: it leaves 0, all ones, or the largest size that it dares
to state. Any other size is a promise.
"""

import re

# of RIFF, AIFF, RF64, Wave64 and AU files in libsndfile's log: the size stated, and that found
_SIZES = re.compile(
    r"^ *(?:RIFF|FORM|Riff size|riff|data|SSND|Data Size) *: (-?\d+)(?: \(should be (\d+)\))?", re.M
)
_MOST = [2**bits for bits in (31, 32, 63, 64)]


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
