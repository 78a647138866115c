"""Texts that are nearly copies: most runs of three words in common, found by MinHash.

Broder, On the resemblance and containment of documents (1997). The candidates that hashing gives
are compared in full, so that no pair is named that does not reach the threshold.
"""

from collections.abc import Sequence

import numpy as np

NEAR = 0.8
"""Jaccard similarity of two texts' shingles from which they count as near-copies."""
RUN = 3
"""Words in a shingle."""
FEWEST = 5
"""Shingles of the shortest text that is compared: two greetings are no copies."""
PERMUTATIONS = 64


def near_pairs(tokens: Sequence[list[str]]) -> np.ndarray:
    """Find the pairs of texts, given as their words, that are nearly copies: int [pairs, 2]."""
    from datasketch import MinHashLSH

    sets = [_shingles(words) for words in tokens]
    index, pairs = MinHashLSH(threshold=NEAR, num_perm=PERMUTATIONS), []
    hashes = _hashes(sets)
    for row, own in hashes.items():
        for other in index.query(own):
            if _jaccard(sets[row], sets[other]) >= NEAR:
                pairs.append((other, row))
        index.insert(row, own)
    return np.array(pairs, int).reshape(-1, 2)


def _hashes(sets: list[set[bytes]]) -> dict:
    from datasketch import MinHash

    rows = [row for row, each in enumerate(sets) if len(each) >= FEWEST]
    made = MinHash.bulk([sorted(sets[row]) for row in rows], num_perm=PERMUTATIONS, seed=1)
    return dict(zip(rows, made, strict=True))


def _shingles(words: list[str]) -> set[bytes]:
    runs = zip(*(words[start:] for start in range(RUN)), strict=False)
    return {" ".join(run).encode() for run in runs}


def _jaccard(a: set[bytes], b: set[bytes]) -> float:
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared)
