"""The nearest neighbours of each item, by the cosine between features."""

import numpy as np

NEIGHBOURS = 20
BLOCK = 2048
"""Items whose similarities are held in memory at once."""


def scores(
    known: np.ndarray, labels: np.ndarray, asked: np.ndarray, classes: int, count: int = NEIGHBOURS
) -> np.ndarray:
    """Return the share of votes of each class among the nearest known items.

    Parameters
    ----------
    known : ndarray
        Features of the items whose labels are known, float [N, D].
    labels : ndarray
        Their class codes, int [N].
    asked : ndarray
        Features of the items to tell, float [M, D].
    classes : int
        How many classes there are.
    count : int
        Neighbours that vote; all of them where there are fewer.

    Returns
    -------
    ndarray
        float64 [M, K]; each class has one vote more, shared among all, so that none is impossible.
    """
    count = min(count, len(known))
    known, voices = _directions(known).T, np.eye(classes)[labels]
    votes = np.empty((len(asked), classes))
    for start in range(0, len(asked), BLOCK):
        near = _directions(asked[start : start + BLOCK]) @ known
        nearest = np.argpartition(-near, count - 1, axis=1)[:, :count]
        votes[start : start + BLOCK] = voices[nearest].sum(axis=1)
    return (votes + 1 / classes) / (count + 1)


def _directions(features: np.ndarray) -> np.ndarray:
    """Scale each row to length one; a row of noughts stays."""
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return features / np.where(length > 0, length, 1)
