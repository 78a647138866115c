"""Near-duplicate texts: most runs of three words in common, found by MinHash.

Broder, On the resemblance and containment of documents (1997). The candidates that hashing gives
are compared in full, so that every pair named reaches the threshold.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

NEAR = 0.8  # Jaccard similarity of two texts' shingles from which they count as near-duplicates
RUN = 3  # words in a shingle
FEWEST = 5  # shingles of the shortest text that is compared: two greetings are no duplicates
# texts are compared if all hashes of a band agree: 1 - (1 - NEAR^5)^12, 99 in 100 at NEAR
BANDS, ROWS = 12, 5


def near_pairs(tokens: Sequence[list[str]]) -> np.ndarray:
    """Connect texts, given as their words, to their near-duplicates: int [pairs, 2].

    The pairs connect every family, but do not list all its pairs: a thousand equal texts have half
    a million. Texts of the same words are duplicates however short they are.
    """
    first: dict[tuple[str, ...], int] = {}
    equal = [(first.setdefault(tuple(words), row), row) for row, words in enumerate(tokens)]
    pairs = [(one, row) for one, row in equal if one != row and tokens[row]]
    shingles = {row: _shingles(tokens[row]) for row in first.values()}
    shingles = {row: runs for row, runs in shingles.items() if len(runs) >= FEWEST}
    family = np.arange(len(tokens))
    for rows in _buckets(shingles):
        pairs += _connect(rows, shingles, family)
    return np.array(pairs, int).reshape(-1, 2)


def _connect(
    rows: list[int], shingles: dict[int, set[bytes]], family: np.ndarray
) -> list[tuple[int, int]]:
    """Return pairs that connect rows to near ones of other families; updates ``family`` [N]."""
    pairs: list[tuple[int, int]] = []
    parts: list[list[int]] = []  # the rows so far, by family
    for row in rows:
        for part in parts:
            if family[part[0]] == family[row]:
                continue
            near = (each for each in part if _jaccard(shingles[row], shingles[each]) >= NEAR)
            if (other := next(near, None)) is not None:
                # the row's whole family joins the other's
                family[family == family[row]] = family[other]
                pairs.append((other, row))
        # families may have been joined: the row goes to the first part that is now of its family
        own = next((part for part in parts if family[part[0]] == family[row]), None)
        if own is None:
            parts.append([row])
        else:
            own.append(row)
    return pairs


def _buckets(shingles: dict[int, set[bytes]]) -> Iterator[list[int]]:
    """Yield the rows whose hashes agree in a whole band."""
    from datasketch import MinHash

    runs = [sorted(each) for each in shingles.values()]
    hashes = MinHash.bulk(runs, num_perm=BANDS * ROWS, seed=1)
    for start in range(0, BANDS * ROWS, ROWS):
        buckets: dict[bytes, list[int]] = defaultdict(list)
        for row, each in zip(shingles, hashes, strict=True):
            buckets[each.hashvalues[start : start + ROWS].tobytes()].append(row)
        yield from (rows for rows in buckets.values() if len(rows) > 1)


def _shingles(words: list[str]) -> set[bytes]:
    runs = zip(*(words[start:] for start in range(RUN)), strict=False)
    return {" ".join(run).encode() for run in runs}


def _jaccard(a: set[bytes], b: set[bytes]) -> float:
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared)
