"""Bootstrap weights: how often each unit is drawn. Units are cells, items or whole groups."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

ENOUGH_GROUPS = 6  # speakers needed to resample them: with fewer, no exact test can reach 5 %
_CELLS = 4_000_000  # weights held at a time: 16 MB
_CACHED = 64_000_000  # counts cached for the next metric of the same items: 64 MB
_SPARSE = 0.25  # a table with fewer cells filled is multiplied by these alone


@dataclass(frozen=True, eq=False)
class Resampling:
    """How to bootstrap items: how often, from which seed, and by which groups [N], if any.

    Items of one group are not independent, such as the images of one patient; whole groups are
    drawn then. The same seed gives the same bytes.
    """

    resamples: int = 2000
    seed: int = 0
    groups: NDArray | None = None

    @property
    def unit(self) -> str:
        """Name what is drawn."""
        return "items" if self.groups is None else "groups"

    def part(self, rows: NDArray) -> "Resampling":
        """Resample only some of the items: a mask [N], or positions."""
        return self if self.groups is None else replace(self, groups=self.groups[rows])

    def sums(self, values: NDArray) -> NDArray[np.float64]:
        """Add up the rows [N, ...] of each unit, [U, ...]."""
        return group_sums(values, *group_codes(self.groups, len(values)))

    def weights(self, units: int) -> NDArray[np.uint8]:
        """Say how often each of so many units is drawn, [U, R]."""
        blocks = list(_counts(units, self.resamples, self.seed, _CELLS))
        return np.ascontiguousarray(np.concatenate(blocks).T)

    def halves(self, units: int, count: int) -> NDArray[np.uint8]:
        """Draw random halves of so many units, each with what it leaves: 0 or 1, [U, count]."""
        random = np.random.default_rng(self.seed)
        first = [random.permutation(units) < units // 2 for _ in range(count // 2)]
        half = np.array(first, np.uint8).T
        return np.hstack([half, 1 - half])

    def drawn(self, table: NDArray) -> NDArray[np.float64]:
        """Add up the rows of a table [U, C] over resamples of its units, [R, C]."""
        narrow = np.ascontiguousarray(table, dtype=np.float32)
        if narrow.size and np.count_nonzero(narrow) < _SPARSE * narrow.size:
            columns = csr_array(narrow.T)
            blocks = _counts(len(table), self.resamples, self.seed, _CELLS // 4)
            parts = [columns @ np.ascontiguousarray(block.T).astype(np.float32) for block in blocks]
            return np.concatenate(parts, axis=1).T.astype(float)
        blocks = _counts(len(table), self.resamples, self.seed, _CELLS)
        return np.concatenate([block.astype(np.float32) @ narrow for block in blocks]).astype(float)


DEFAULT = Resampling()


def group_codes(groups: NDArray | None, items: int) -> tuple[NDArray[np.int64], int]:
    """Give groups numbers from 0 in order of their names, int [N], and count them; or items."""
    if groups is None:
        return np.arange(items), items
    names, codes = np.unique(np.asarray(groups).astype(str), return_inverse=True)
    return codes, len(names)


def group_sums(values: NDArray, codes: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """Add up the rows [N, ...] of each group, [G, ...]."""
    if count == len(codes):
        return np.asarray(values, dtype=float)[np.argsort(codes)]
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(count))
    return np.add.reduceat(np.asarray(values, dtype=float)[order], starts, axis=0)


def _counts(units: int, resamples: int, seed: int, cells: int) -> Iterator[NDArray[np.uint8]]:
    """Draw ``units`` units with replacement, ``resamples`` times, and count them: [chunk, units].

    The same arguments give the same bytes, and are drawn once for all metrics.
    """
    chunk = max(1, cells // max(units, 1))
    if units * resamples > _CACHED:
        return _blocks(units, resamples, seed, chunk)
    counts = _cached_counts(units, resamples, seed)
    return (counts[start : start + chunk] for start in range(0, resamples, chunk))


@lru_cache(maxsize=2)
def _cached_counts(units: int, resamples: int, seed: int) -> NDArray[np.uint8]:
    return next(_blocks(units, resamples, seed, resamples))


def clear_cache() -> None:
    """Drop the cached counts, so that a measurement draws its own."""
    _cached_counts.cache_clear()


def _blocks(units: int, resamples: int, seed: int, chunk: int) -> Iterator[NDArray[np.uint8]]:
    """Count one resample after the other.

    Eight bits suffice: a unit of 256 or more is drawn 256 times with probability below 1e-500.
    """
    random = np.random.default_rng(seed)
    for start in range(0, resamples, chunk):
        block = np.empty((min(chunk, resamples - start), units), np.uint8)
        for row in block:
            row[:] = np.bincount(random.integers(0, units, units, np.int32), minlength=units)
        yield block
