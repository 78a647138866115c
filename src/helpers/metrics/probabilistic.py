"""Metrics of the scores: what each item loses, and how well each class is ranked above the rest."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from helpers.metrics.metric import Metric

Array = NDArray[np.float64]


def in_top(labels: NDArray, scores: Array, k: int) -> NDArray[np.bool_]:
    """Tell for each item if its label is among the k best scores, [N]; ties as in ``argmax``."""
    own = scores[np.arange(len(labels)), labels][:, None]
    earlier = np.arange(scores.shape[1]) < np.asarray(labels)[:, None]
    return ((scores > own) | ((scores == own) & earlier)).sum(axis=1) < k


def log_losses(labels: NDArray, scores: Array) -> Array:
    """Minus the logarithm of the label's probability, kept from 0 as in scikit-learn, [N]."""
    own = scores[np.arange(len(labels)), labels]
    tiny = np.finfo(np.float64).eps
    return -np.log(np.clip(own, tiny, 1 - tiny))


def brier_losses(labels: NDArray, scores: Array) -> Array:
    """Squared distance of the probabilities from the truth, summed over classes, [N], 0 to 2."""
    return ((scores - np.eye(scores.shape[1])[labels]) ** 2).sum(axis=1)


def roc_auc(positive: NDArray[np.bool_], score: Array) -> tuple[float, Array]:
    """Area under the ROC curve of one class against the rest, and each item's influence on it.

    Both kinds of items [N] must be there; tied scores count half. The influence [N] has mean 0; its
    variance over N is DeLong's (1988) variance of the area.
    """
    size, positives = len(positive), int(positive.sum())
    low, high = np.sort(score[~positive]), np.sort(score[positive])
    below = np.searchsorted(low, score, "left") + np.searchsorted(low, score, "right")
    above = np.searchsorted(high, score, "left") + np.searchsorted(high, score, "right")
    # Of a positive the share of negatives below it, of a negative that of positives above it.
    of_negative = (positives - above / 2) / positives
    level = np.where(positive, below / 2 / (size - positives), of_negative)
    value = float(level[positive].mean())
    share = np.where(positive, positives, size - positives) / size
    return value, (level - value) / share


def average_precision(positive: NDArray[np.bool_], score: Array) -> tuple[float, Array]:
    """Average precision of one class against the rest, and each item's influence on it.

    At least one item [N] must be positive; tied scores share one threshold. The influence [N] is
    the derivative by the item's weight times N (the infinitesimal jackknife), mean 0.
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


def class_influences(
    metric: Metric, labels: NDArray, scores: Array
) -> tuple[NDArray[np.int64], Array, Array]:
    """Compute a ranking for each class, the value [C] and each item's influence [C, N].

    It is defined for the classes [C] with items, and not alone.
    """
    if metric.function is None or metric.reads != "ranking":
        raise ValueError(f"{metric.name} ranks nothing")
    seen = np.bincount(labels, minlength=scores.shape[1])
    classes = np.flatnonzero((seen > 0) & (seen < len(labels)))
    parts = [metric.function(labels == k, scores[:, k]) for k in classes]
    values, moved = (list(each) for each in zip(*parts, strict=True)) if parts else ([], [])
    return classes, np.array(values), np.array(moved).reshape(len(classes), len(labels))


def influence(metric: Metric, labels: NDArray, scores: Array) -> tuple[float, Array]:
    """Compute a metric of scores, and each item's influence on it, [N].

    A ranking is averaged over the classes where it is defined.
    """
    if metric.function is None or not metric.needs_scores:
        raise ValueError(f"{metric.name} is no metric of scores")
    if metric.reads == "scores":
        losses = metric.function(labels, scores)
        value = float(np.mean(losses))
        return value, losses - value
    classes, values, moved = class_influences(metric, labels, scores)
    if not len(classes):
        return np.nan, np.full(len(labels), np.nan)
    return float(values.mean()), moved.mean(axis=0)


_TOP = "How often the label is among the two, or five, classes with the highest scores."
_LOG_LOSS = (
    "Mean of minus the logarithm of the probability given to the label; confident errors cost "
    "most. Lower is better."
)
_BRIER = "Mean squared distance of the probabilities from the truth, 0 to 2. Lower is better."
_ROC = (
    "How often an item of a class gets a higher score for it than an item of another class; 0.5 is "
    "chance."
)
_PRECISION = "The area under precision against recall as the threshold falls."
_CORRELATION = "Of the expected value of the prediction with a number that each item carries."
_ECE = (
    "ECE, the mean distance between confidence and accuracy, over bins of similar confidence. "
    "Lower is better, and chance alone gives some."
)
_AURC = (
    "Area under the error rate of the items answered, from the most confident one to all of them; "
    "the excess is what a perfect order of the same errors would take off. Lower is better."
)

_loss = partial(Metric, reads="scores", lower_is_better=True)
_ranking = partial(Metric, reads="ranking", interval="jackknife", highest=1.0)
_choosing_loss = partial(_loss, may_choose=True, validation="scikit-learn")
_choosing_ranking = partial(_ranking, may_choose=True, validation="scikit-learn")

METRICS: tuple[Metric, ...] = (
    Metric("top-2-accuracy", "top-2 accuracy", _TOP),
    Metric("top-5-accuracy", "top-5 accuracy", _TOP),
    _choosing_loss("log-loss", "log loss", _LOG_LOSS, log_losses),
    _loss("brier-score", "Brier score", _BRIER, brier_losses, highest=2.0),
    _choosing_ranking("roc-auc", "ROC AUC", _ROC, roc_auc),
    _ranking("average-precision", "average precision", _PRECISION, average_precision),
    Metric("correlation", "correlation", _CORRELATION),
    Metric("expected-calibration-error", "calibration error", _ECE, lower_is_better=True),
    Metric("aurc", "AURC", _AURC, lower_is_better=True),
    Metric("excess-aurc", "excess AURC", _AURC, lower_is_better=True),
)
