"""Near-duplicate texts: an edit in thirty characters, or most runs of three words in common.

MinHash finds the candidates (Broder, On the resemblance and containment of documents, 1997); they
are compared in full, so that every pair named reaches a threshold.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import DisjointSet

from helpers.core import progress
from helpers.core.scripts import joined

EDIT = 30  # characters of a text for each in which another may differ and be a near-duplicate
SCATTERED = 1.5  # such edits in one place, on average: more make another word
NEAR = 0.8  # or the Jaccard similarity of two texts' runs of words
RUN = 3  # words in a run
FEWEST = 5  # runs of the shortest text that is so compared: two greetings are no duplicates
WINDOW = 6  # characters that are hashed together
# Texts are compared if all hashes of a band agree. With an edit in 60 characters they share 0.82 of
# their windows or more, and 1 - (1 - 0.82^4)^20 is over 0.9999; in 30, 0.67 and 0.98.
BANDS, ROWS = 20, 4
CROWD = 50  # texts that one is compared with, in vain, before more hashes must agree:
DEPTHS = (ROWS, 2 * ROWS, 4 * ROWS, 8 * ROWS)  # as many
_BLOCK = 1 << 14  # windows hashed at once
_random = np.random.default_rng(1)
_FACTORS = _random.integers(1 << 63, size=(2, BANDS * ROWS, 1), dtype=np.uint64) * 2 + 1


class Text:
    """A text, given as its words, or as its characters where a script parts no words."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.spelt = " ".join(words)  # characters in such scripts count twice: they say more
        self.joined = joined(self.spelt)
        self.digits = "".join(filter(str.isdecimal, self.spelt))

    def near(self, other: "Text") -> bool:
        """Tell whether two texts are near-duplicates.

        Texts that differ in their digits, or in a word, are of one template: no near-duplicates.
        """
        if self.digits == other.digits and self.edited(other):
            return True
        few, many = sorted((len(self.words), len(other.words)))
        # as many words may repeat themselves, runs are counted where lengths are alike at most
        return few >= NEAR * NEAR * many and self.alike(other) >= NEAR

    def edited(self, other: "Text") -> bool:
        """Tell whether few characters differ, and these in many places, or two are swapped."""
        from rapidfuzz.distance import Levenshtein

        one, two = self.joined, other.joined
        most = min(len(self.spelt), len(other.spelt)) // EDIT
        looked = max(most, 2)
        if looked < abs(len(one) - len(two)):
            return False
        if Levenshtein.distance(one, two, score_cutoff=looked) > looked:
            return False
        edits = [edit.src_pos for edit in Levenshtein.editops(one, two)]
        places = 1 + np.count_nonzero(np.diff(edits) > WINDOW)
        swapped = len(edits) <= 2 and sorted(one) == sorted(two)
        return swapped or len(edits) <= min(most, SCATTERED * places)

    def alike(self, other: "Text") -> float:
        """Return the Jaccard similarity of the runs of words, 0 where there are few."""
        one, two = _runs(self), _runs(other)
        if min(len(one), len(two)) < FEWEST:
            return 0.0
        shared = len(one & two)
        return shared / (len(one) + len(two) - shared)


@lru_cache(10_000)  # of so many texts: all of a large data set would fill the memory
def _runs(text: Text) -> set[int]:
    """Return the hashes of the runs: two share one by chance once in 2^64."""
    return set(map(hash, zip(*(text.words[start:] for start in range(RUN)), strict=False)))


def is_short(words: list[str]) -> bool:
    """Tell whether a text is too short for an edit: only equal words make it a duplicate."""
    return sum(map(len, words)) + len(words) - 1 < EDIT


def near_pairs(tokens: Sequence[list[str]]) -> np.ndarray:
    """Connect texts, given as their words, to their near-duplicates: int [pairs, 2].

    The pairs connect every family, but do not list all its pairs: a thousand equal texts have half
    a million. Texts of the same words are duplicates however short they are.
    """
    first: dict[tuple[str, ...], int] = {}
    equal = [(first.setdefault(tuple(words), row), row) for row, words in enumerate(tokens)]
    pairs = [(one, row) for one, row in equal if one != row and tokens[row]]
    texts = {row: Text(tokens[row]) for row in first.values() if not is_short(tokens[row])}
    hashes = np.zeros((len(tokens), BANDS * ROWS), np.uint32)
    for row, text in progress.track(texts.items(), "hashing texts", len(texts)):
        hashes[row] = _hashes(text)
    family = DisjointSet(range(len(tokens)))
    for start in progress.track(range(0, BANDS * ROWS, ROWS), "looking for near-copies, round"):
        rows, bucket = np.array([*texts], int), np.zeros(len(texts), int)
        for row in range(DEPTHS[-1]):
            rows, bucket = _parted(rows, bucket, hashes[:, (start + row) % (BANDS * ROWS)])
            if row + 1 in DEPTHS:  # what is too crowded to be compared in full is parted further
                ends = np.flatnonzero(np.diff(bucket)) + 1
                every = [part.tolist() for part in np.split(rows, ends)]
                crowded = [_connect(part, texts, family, pairs) for part in every]
                crowd = np.repeat(crowded, [len(part) for part in every])
                rows, bucket = rows[crowd], bucket[crowd]
    return np.array(pairs, int).reshape(-1, 2)


def _parted(
    rows: np.ndarray, bucket: np.ndarray, hashes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Part buckets, int [rows], by the rows' hashes [N]; those that are alone are left out.

    Rows of one bucket follow each other, and buckets keep the order in which they first appear.
    """
    bucket, _ = pd.factorize(bucket << 32 | hashes[rows])
    order = np.argsort(bucket, kind="stable")
    order = order[np.bincount(bucket)[bucket[order]] > 1] if len(order) else order
    return rows[order], bucket[order]


def _connect(
    rows: list[int],
    texts: dict[int, Text],
    family: DisjointSet,
    pairs: list[tuple[int, int]],
) -> bool:
    """Connect rows to near ones of other families, in ``family`` and ``pairs``.

    Stops, and tells so, at a row that has been compared with ``CROWD`` others in vain.
    """
    parts: list[list[int]] = []  # the rows so far, by family
    for row in rows:
        misses = 0
        for part in parts:
            if family.connected(part[0], row):
                continue
            compared = part[: CROWD - misses]
            near = (each for each in compared if texts[row].near(texts[each]))
            if (other := next(near, None)) is not None:
                family.merge(other, row)
                pairs.append((other, row))
            elif (misses := misses + len(compared)) == CROWD:
                return True
        # families may have been joined: the row goes to the first part that is now of its family
        own = next((part for part in parts if family.connected(part[0], row)), None)
        if own is None:
            parts.append([row])
        else:
            own.append(row)
    return False


def _hashes(text: Text) -> np.ndarray:
    """Return the least of several hashes of a text's windows: uint32 [BANDS * ROWS]."""
    codes = np.frombuffer(text.spelt.encode("utf-32-le"), np.uint32).astype(np.uint64)
    windows = np.zeros(len(codes) - WINDOW + 1, np.uint64)
    for start in range(WINDOW):
        windows = windows * np.uint64(0x9E3779B97F4A7C15) + codes[start : start + len(windows)]
    windows ^= windows >> np.uint64(29)
    least = np.full(BANDS * ROWS, np.iinfo(np.uint64).max)
    for start in range(0, len(windows), _BLOCK):
        mixed = windows[start : start + _BLOCK] * _FACTORS[0] + _FACTORS[1]
        least = np.minimum(least, mixed.min(axis=1))
    return (least >> np.uint64(32)).astype(np.uint32)
