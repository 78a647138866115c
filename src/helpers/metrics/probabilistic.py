"""Metrics of the scores: what each item loses, and how well each class is ranked above the rest."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def in_top(labels: NDArray, scores: Array, k: int) -> NDArray[np.bool_]:
    """Say for each item whether its label is among the k best scores, [N].

    A tie goes to the class that comes first, as ``argmax`` has it.
    """
    own = scores[np.arange(len(labels)), labels][:, None]
    earlier = np.arange(scores.shape[1]) < np.asarray(labels)[:, None]
    return ((scores > own) | ((scores == own) & earlier)).sum(axis=1) < k


def log_losses(labels: NDArray, scores: Array) -> Array:
    """Minus the logarithm of the probability given to the label, [N].

    Probabilities are kept from 0 by the machine epsilon, as in scikit-learn.
    """
    own = scores[np.arange(len(labels)), labels]
    tiny = np.finfo(np.float64).eps
    return -np.log(np.clip(own, tiny, 1 - tiny))


def brier_losses(labels: NDArray, scores: Array) -> Array:
    """Squared distance of the probabilities from the truth, summed over classes, [N], 0 to 2."""
    return ((scores - np.eye(scores.shape[1])[labels]) ** 2).sum(axis=1)


def roc_auc(positive: NDArray[np.bool_], score: Array) -> tuple[float, Array]:
    """Area under the ROC curve of one class against the rest, and each item's influence on it.

    Parameters
    ----------
    positive
        Which items belong to the class, bool [N]; both kinds must be there.
    score
        Score of the class, float [N]; tied scores count half.

    Returns
    -------
    value, influence
        The influence [N] has mean 0; its variance over N is DeLong's (1988) variance of the area.
    """
    size, positives = len(positive), int(positive.sum())
    above, level = _pairs(positive, score), np.empty(size)
    level[positive] = above[positive] / (size - positives)
    level[~positive] = above[~positive] / positives
    value = float(level[positive].mean())
    share = np.where(positive, positives, size - positives) / size
    return value, (level - value) / share


def _pairs(positive: NDArray[np.bool_], score: Array) -> Array:
    """Count for a positive the negatives below it, for a negative the positives above it."""
    low, high = np.sort(score[~positive]), np.sort(score[positive])
    below = np.searchsorted(low, score, "left") + np.searchsorted(low, score, "right")
    above = np.searchsorted(high, score, "left") + np.searchsorted(high, score, "right")
    return np.where(positive, below / 2, len(high) - above / 2)


def average_precision(positive: NDArray[np.bool_], score: Array) -> tuple[float, Array]:
    """Average precision of one class against the rest, and each item's influence on it.

    Parameters
    ----------
    positive
        Which items belong to the class, bool [N]; at least one must.
    score
        Score of the class, float [N]; tied scores share one threshold.

    Returns
    -------
    value, influence
        The influence [N] is the derivative by the item's weight times N (the infinitesimal
        jackknife), mean 0.
    """
    size, positives = len(positive), positive.sum()
    _, level = np.unique(-score, return_inverse=True)
    hits = np.bincount(level, weights=positive)
    found, taken = hits.cumsum(), np.bincount(level).cumsum()
    value = float((hits * found / taken).sum() / positives)
    # An item at a level changes the precision at that level and at every one after it.
    by_hit = (hits / taken)[::-1].cumsum()[::-1]
    by_item = (hits * found / taken**2)[::-1].cumsum()[::-1]
    own = positive * (found / taken - value + by_hit)[level]
    return value, (own - by_item[level]) * size / positives
