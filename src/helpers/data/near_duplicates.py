"""Which items are the same, or nearly: families that must stay in one split."""

from collections.abc import Callable, Iterator

import numpy as np

from helpers.core import progress

THUMBNAIL = 16  # width and height of the thumbnails compared, in pixels
NEAR = 0.9978
"""Correlation of two thumbnails from which they count as near-duplicates.

Measured on 2,624 solar cells and 5,000 digits: a copy that is re-encoded (JPEG, quality 50), scaled
by 2, brightened by a tenth, given noise of 5 levels, turned or mirrored keeps it in 97 of 100, one
scaled by 0.8 in 91. In the original data, 19 cells have a neighbour above it: they show the same
marks, and some are one cell photographed twice; turned, none is above 0.9964. No two digits reach
0.995. A false alarm merely keeps two images in one split. Cropped copies are not found.
"""
BLOCK, SIDE, AXES = 2048, 512, 6
MOST = 100_000  # pairs that are listed whatever they connect


def families(keys: np.ndarray) -> np.ndarray:
    """Give equal keys one number: int [N]; an empty key is a family of its own."""
    keys = np.where(keys == "", [f"\0{index}" for index in range(len(keys))], keys)
    return np.unique(keys, return_inverse=True)[1]


def near_pairs(
    vectors: np.ndarray, threshold: float = NEAR, holds: Callable[..., np.ndarray] | None = None
) -> np.ndarray:
    """Find the pairs of rows whose correlation reaches the threshold: int [pairs, 2], ascending.

    Rows of ``vectors``, float32 [N, D], are centred and of unit length, or 0: those match none.
    ``holds`` says of rows and others whether they are a pair. Beyond ``MOST`` pairs, only those
    are listed that connect what is not connected yet: the families are the same.
    """
    found, held, family = [np.empty((0, 2), int)], 0, np.arange(len(vectors))
    for pairs in _alike(vectors, threshold):
        now = pairs[family[pairs[:, 0]] != family[pairs[:, 1]]] if held > MOST else pairs
        found.append(now[holds(*now.T)] if holds else now)
        if (held := held + len(found[-1])) > MOST and len(found[-1]):
            family = connected_groups(len(vectors), np.concatenate(found))
    every = np.sort(np.concatenate(found), axis=1)
    return every[np.lexsort(every.T[::-1])]


def _alike(vectors: np.ndarray, threshold: float) -> Iterator[np.ndarray]:
    """Yield pairs by blocks; what is near is so on each axis, so what is not is left out."""
    from scipy.spatial import KDTree

    order = np.flatnonzero(vectors.any(axis=1))
    axes = vectors[order[:: 1 + len(order) // SIDE]]
    axes = np.linalg.svd(axes, full_matrices=False)[2][:AXES] if len(order) > BLOCK else axes[:1]
    places = vectors @ axes.T
    order = order[KDTree(places[order]).indices] if len(order) else order
    reach = np.sqrt(2 - 2 * threshold) + 1e-3  # a rounding error more
    for start in progress.track(range(0, len(order), SIDE), "looking for near-copies, block"):
        rows, later = order[start : start + SIDE], places[order[start:]]
        low, high = places[rows].min(axis=0) - reach, places[rows].max(axis=0) + reach
        inside = start + np.flatnonzero(((low <= later) & (later <= high)).all(axis=1))
        for first in range(0, len(inside), BLOCK):
            others = inside[first : first + BLOCK]
            near = vectors[rows] @ vectors[order[others]].T >= threshold
            one, other = np.nonzero(near & (others > start + np.arange(len(rows))[:, None]))
            pairs = np.stack([rows[one], order[others[other]]], axis=1)
            yield from (pairs[part : part + BLOCK] for part in range(0, len(pairs), BLOCK))


def turned_pairs(thumbnail: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """Find near pairs, turned or mirrored ones within a ``kind`` [N] alone: 6 becomes 9."""
    seen = thumbnail.reshape(-1, THUMBNAIL, THUMBNAIL, 3)
    rows, columns = np.triu_indices(THUMBNAIL // 2)  # an eighth: each point of it has eight views
    points = np.sort([_view(seen, number)[:, rows, columns] for number in range(8)], axis=0)
    points[:, :, rows == columns] *= np.sqrt(0.5)  # seen twice each

    def holds(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        near = np.zeros(len(one), bool)
        for number in range(8):
            found = np.einsum("nhwc,nhwc->n", seen[one], _view(seen[other], number)) >= NEAR
            near |= found & ((kind[one] == kind[other]) | (number == 0))
        return near

    # in order, the views are nearer than in any position: all that is near is among these
    return near_pairs(points.swapaxes(0, 1).reshape(len(seen), -1), NEAR - 1e-5, holds)


def _view(seen: np.ndarray, number: int) -> np.ndarray:
    """Turn squares [N, S, S, 3] by quarters, and mirror them from the fourth view on."""
    return np.rot90(seen, number, axes=(1, 2))[:, :, :: 1 - number // 4 * 2]


def unit_vector(values: np.ndarray, least: float = 0.0) -> np.ndarray:
    """Centre values and scale them to unit length, float32 [D]; 0 if no longer than ``least``."""
    vector = values.astype(np.float32).ravel()
    vector -= vector.mean()
    length = np.linalg.norm(vector)
    return vector / length if length > least else np.zeros_like(vector)


def connected_groups(total: int, pairs: np.ndarray) -> np.ndarray:
    """Give rows that pairs connect, directly or through others, one number: int [N]."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(len(pairs), bool)
    graph = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(total, total))
    return connected_components(graph, directed=False)[1]


def merge_groups(*columns: np.ndarray) -> np.ndarray:
    """Give rows that share a value in any of the columns (int [N] each) one number: int [N]."""
    total = len(columns[0])
    pairs = []
    for column in columns:
        _, first, inverse = np.unique(column, return_index=True, return_inverse=True)
        pairs.append(np.stack([np.arange(total), first[inverse]], axis=1))
    return connected_groups(total, np.concatenate(pairs))
