"""The nearest neighbours of each item, by the cosine between features."""

import numpy as np

NEIGHBOURS = 20
BLOCK = 2048  # queries whose similarities are in memory at once


def scores(
    train: np.ndarray,
    labels: np.ndarray,
    queries: np.ndarray,
    classes: int,
    count: int = NEIGHBOURS,
) -> np.ndarray:
    """Return each class's share of the votes of the nearest labelled items: float64 [M, K].

    Takes features [N, D] and class codes [N] of the labelled items, and features [M, D] of queries.
    One more vote is shared by all classes, so that none is impossible.
    """
    count = min(count, len(train))
    directions, one_hot = _directions(train).T, np.eye(classes)[labels]
    votes = np.empty((len(queries), classes))
    for start in range(0, len(queries), BLOCK):
        cosines = _directions(queries[start : start + BLOCK]) @ directions
        nearest = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        votes[start : start + BLOCK] = one_hot[nearest].sum(axis=1)
    return (votes + 1 / classes) / (count + 1)


def _directions(features: np.ndarray) -> np.ndarray:
    """Scale each row to length one; a row of zeros stays."""
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return features / np.where(length > 0, length, 1)
