"""Bootstrap weights: how often each unit is drawn. Units are cells, items or whole groups."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_CELLS = 4_000_000  # weights held at a time: 16 MB


def group_codes(groups: NDArray | None, items: int) -> tuple[NDArray[np.int64], int]:
    """Give each group a number; without groups each item is its own.

    Returns
    -------
    codes, count
        int [N] from 0, in sorted order of the names, and how many there are.
    """
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


def weights(units: int, resamples: int, seed: int) -> Iterator[NDArray[np.float32]]:
    """Draw ``units`` units with replacement, ``resamples`` times, and count them.

    Yields
    ------
    ndarray
        float32 [chunk, units]; the chunks have ``resamples`` rows in all and each row sums to
        ``units``. The same arguments give the same bytes.
    """
    random = np.random.default_rng(seed)
    chunk = max(1, _CELLS // max(units, 1))
    for start in range(0, resamples, chunk):
        rows = min(chunk, resamples - start)
        drawn = random.integers(0, units, size=(rows, units), dtype=np.int32)
        drawn += (np.arange(rows, dtype=np.int32) * units)[:, None]
        counted = np.bincount(drawn.ravel(), minlength=rows * units)
        yield counted.reshape(rows, units).astype(np.float32)


def resampled_sums(table: NDArray, resamples: int, seed: int) -> NDArray[np.float64]:
    """Add up the rows of a table [U, C] over bootstrap resamples of its rows, [R, C]."""
    narrow = np.ascontiguousarray(table, dtype=np.float32)
    parts = [drawn @ narrow for drawn in weights(len(table), resamples, seed)]
    return np.concatenate(parts).astype(float)
