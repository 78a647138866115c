"""One name in several spellings: what reads the same, and what only looks alike."""

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable

# characters that are not seen; at the ends of a name they mean nothing in any script
_UNSEEN = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
_ENDS = re.compile(rf"^[\s{_UNSEEN}]+|[\s{_UNSEEN}]+$")
# tatweel, selectors of emoji's looks, and the dot that a capital I of Turkish leaves behind
_LEFT_OUT = re.compile(rf"[{_UNSEEN}\u0640\ufe00-\ufe0f\u0307]")
# letters of Cyrillic that look Latin, at least as capitals; quotes and dashes that programs set
_LOOKS = str.maketrans("авекмнорстухіјѕı’‘ʼ“”‐–—−", "abekmhopctyxijsi'''\"\"----")
_BLANKS = re.compile(r"(?<=\w)[\s_-]+(?=\w)|\s+")
_ZEROS = re.compile(r"(?<![\d.,])0+(?=\d)")
_WHOLE = re.compile(r"(?<![\d.,])(\d+(?:[.,]\d{3})*)[.,]0{1,2}(?![\d.,])")  # no version: 3.0.0
_DECIMALS = re.compile(r"([+-]?\d+\.\d*?)0+")


def canonical(name: str) -> str:
    """Write a name in composed Unicode, without blanks and unseen characters at its ends.

    What this changes reads the same: two names that it makes equal are one.
    """
    return _ENDS.sub("", unicodedata.normalize("NFC", name))


def key(name: str) -> str:
    """Give names that only look alike one key: case, width, blanks, unseen letters, 1.0 or 01."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    folded = _LEFT_OUT.sub("", folded).translate(_LOOKS).strip().replace("_", " ")
    folded = _WHOLE.sub(r"\1", _ZEROS.sub("", _BLANKS.sub(" ", folded).strip()))
    return whole[1].rstrip(".") if (whole := _DECIMALS.fullmatch(folded)) else folded


def alike(names: Iterable[Hashable]) -> list[dict[str, int]]:
    """Find names that look alike: for each such cluster its spellings and how often each occurs.

    Missing names count for nothing. The most frequent spelling comes first, and so does the most
    frequent cluster. An alphabet in both cases, as of handwritten letters, is no cluster.
    """
    clusters: dict[str, dict[str, int]] = {}
    counts = Counter(name for name in names if isinstance(name, str))
    for name, count in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        clusters.setdefault(key(name), {})[name] = count
    several = [each for each in clusters.values() if len(each) > 1]
    letters = [each for each in several if all(len(name) == 1 for name in each)]
    return [each for each in several if len(letters) < 5 or each not in letters]


def listed(clusters: list[dict[str, int]], most: int = 5) -> str:
    """List clusters in words, unseen characters written out: ``'cat' (20) = 'Cat' (3); ...``."""
    shown = [" = ".join(f"{shown_as(n)} ({k:,})" for n, k in each.items()) for each in clusters]
    return "; ".join(shown[:most]) + (f"; {len(shown) - most} more" if len(shown) > most else "")


def shown_as(name: str) -> str:
    """Quote a name; if parts of it are not seen as they are, all beyond ASCII is written out."""
    plain = name == unicodedata.normalize("NFKC", name) and not _LEFT_OUT.search(name)
    return repr(name) if plain else ascii(name)
