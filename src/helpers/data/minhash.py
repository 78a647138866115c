"""Texts that are nearly copies: most runs of three words in common, found by MinHash.

Broder, On the resemblance and containment of documents (1997). The candidates that hashing gives
are compared in full, so that no pair is named that does not reach the threshold.
"""

from collections.abc import Iterator, Sequence

import numpy as np

NEAR = 0.8
"""Jaccard similarity of two texts' shingles from which they count as near-copies."""
RUN = 3
"""Words in a shingle."""
FEWEST = 5
"""Shingles of the shortest text that is compared: two greetings are no copies."""
BANDS, ROWS = 12, 5
"""Two texts are compared if all hashes of a band agree: 1 - (1 - NEAR^5)^12, 99 in 100 at NEAR."""


def near_pairs(tokens: Sequence[list[str]]) -> np.ndarray:
    """Tie texts, given as their words, to those that are nearly copies: int [pairs, 2].

    Every family is tied together, not every pair of it listed: a thousand equal texts have half a
    million. Texts of the same words are copies however short they are.
    """
    first: dict[tuple, int] = {}
    pairs = [(first.setdefault(tuple(words), row), row) for row, words in enumerate(tokens)]
    pairs = [(one, row) for one, row in pairs if one != row and tokens[row]]
    sets = {row: found for row in first.values() if len(found := _shingles(tokens[row])) >= FEWEST}
    family = np.arange(len(tokens))
    for rows in _buckets(sets):
        pairs += _tied(rows, sets, family)
    return np.array(pairs, int).reshape(-1, 2)


def _tied(rows: list[int], sets: dict[int, set[bytes]], family: np.ndarray) -> list[tuple]:
    """Tie rows until each is of one family with all that it is near, and note it in ``family``."""
    pairs, parts = [], []
    for row in rows:
        for part in parts:
            if family[part[0]] != family[row]:
                near = (other for other in part if _jaccard(sets[row], sets[other]) >= NEAR)
                if (other := next(near, None)) is not None:
                    family[family == family[row]] = family[other]
                    pairs.append((other, row))
        own = next((part for part in parts if family[part[0]] == family[row]), [])
        parts += [] if own else [own]
        own.append(row)
    return pairs


def _buckets(sets: dict[int, set[bytes]]) -> Iterator[list[int]]:
    """Yield the rows whose hashes agree in a whole band."""
    from datasketch import MinHash

    made = MinHash.bulk([sorted(each) for each in sets.values()], num_perm=BANDS * ROWS, seed=1)
    for start in range(0, BANDS * ROWS, ROWS):
        found: dict[bytes, list[int]] = {}
        for row, each in zip(sets, made, strict=True):
            found.setdefault(each.hashvalues[start : start + ROWS].tobytes(), []).append(row)
        yield from (rows for rows in found.values() if len(rows) > 1)


def _shingles(words: list[str]) -> set[bytes]:
    runs = zip(*(words[start:] for start in range(RUN)), strict=False)
    return {" ".join(run).encode() for run in runs}


def _jaccard(a: set[bytes], b: set[bytes]) -> float:
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared)
