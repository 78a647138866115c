"""Metrics that a confusion matrix decides, vectorised over any number of matrices."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from helpers.metrics.metric import Metric

Array = NDArray[np.float64]


class Counts(NamedTuple):
    """What a confusion matrix [..., K, K] says of each class: three arrays [..., K]."""

    hits: Array
    predicted: Array
    actual: Array


def confusion_matrix(labels: NDArray, predictions: NDArray, classes: int) -> NDArray[np.int64]:
    """Count items by label (rows) and prediction (columns), codes int [N] below ``classes``."""
    cells = np.asarray(labels) * classes + np.asarray(predictions)
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes)


def counts(confusion: NDArray) -> Counts:
    """Reduce confusion matrices [..., K, K] to the counts that the metrics need."""
    matrix = np.asarray(confusion, dtype=float)
    hits = np.diagonal(matrix, axis1=-2, axis2=-1)
    return Counts(hits, matrix.sum(axis=-2), matrix.sum(axis=-1))


def _ratio(top: Array, bottom: Array, otherwise: float = np.nan) -> Array:
    shape = np.broadcast_shapes(np.shape(top), np.shape(bottom))
    return np.divide(top, bottom, out=np.full(shape, otherwise), where=np.asarray(bottom) > 0)


def precision(c: Counts, otherwise: float = np.nan) -> Array:
    """Share of the predictions of a class that are right, [..., K]; NaN if never predicted."""
    return _ratio(c.hits, c.predicted, otherwise)


def recall(c: Counts, otherwise: float = np.nan) -> Array:
    """Share of the items of a class that are found, [..., K]; NaN if the class has no item."""
    return _ratio(c.hits, c.actual, otherwise)


def f1(c: Counts, otherwise: float = np.nan) -> Array:
    """Harmonic mean of precision and recall, [..., K]; NaN if neither seen nor predicted."""
    return _ratio(2 * c.hits, c.predicted + c.actual, otherwise)


def macro(ratio: Callable[[Counts, float], Array]) -> Callable[[Counts], Array]:
    """Average a ratio over the classes that have items, the same ones for all candidates.

    An undefined ratio counts as 0. scikit-learn's, with ``labels`` those that occur in y_true.
    """

    def mean(c: Counts) -> Array:
        present = c.actual > 0
        return _ratio((ratio(c, 0.0) * present).sum(axis=-1), present.sum(axis=-1))

    return mean


def weighted(ratio: Callable[[Counts, float], Array]) -> Callable[[Counts], Array]:
    """Average a ratio, each class weighted by its items; an undefined one counts as 0."""
    return lambda c: _ratio((ratio(c, 0.0) * c.actual).sum(axis=-1), c.actual.sum(axis=-1))


def accuracy(c: Counts) -> Array:
    """Share of the items that are right."""
    return _ratio(c.hits.sum(axis=-1), c.actual.sum(axis=-1))


def matthews_correlation(c: Counts) -> Array:
    """Correlation of labels and predictions (Gorodkin, 2004); NaN if either is constant."""
    total = c.actual.sum(axis=-1)
    covariance = c.hits.sum(axis=-1) * total - (c.predicted * c.actual).sum(axis=-1)
    spread = (total**2 - (c.predicted**2).sum(axis=-1)) * (total**2 - (c.actual**2).sum(axis=-1))
    return _ratio(covariance, np.sqrt(np.maximum(spread, 0)))


def cohen_kappa(c: Counts) -> Array:
    """Agreement beyond chance (Cohen, 1960); NaN if one class is all there is."""
    total = c.actual.sum(axis=-1)
    chance = (c.predicted * c.actual).sum(axis=-1)
    return _ratio(c.hits.sum(axis=-1) * total - chance, total**2 - chance)


_MACRO = (
    "Precision: how many items predicted as a class belong to it. Recall: how many items of a "
    "class are found. F1: their harmonic mean. Macro: the mean over the classes that have test "
    "items, so that a rare class weighs as much as a common one."
)
_WEIGHTED = "The same, each class weighted by its number of items."
_AGREEMENT = "Agreement of predictions and labels beyond chance; 0 is chance, 1 is perfect."
_BALANCED = "The mean recall over the classes that have test items."
_SHARE = "The share of predictions that are correct."

_of_counts = partial(Metric, reads="counts", highest=1.0)
_choosing = partial(_of_counts, may_choose=True, validation="scikit-learn")
_mean = partial(_choosing, over_classes=True)
_agreement = partial(_choosing, definition=_AGREEMENT, lowest=-1.0)

METRICS: tuple[Metric, ...] = (
    _choosing("accuracy", "accuracy", _SHARE, accuracy, interval="Wilson"),
    _mean("balanced-accuracy", "balanced accuracy", _BALANCED, macro(recall), interval="recalls"),
    _mean("macro-precision", "macro precision", _MACRO, macro(precision)),
    _mean("macro-recall", "macro recall", _MACRO, macro(recall), interval="recalls"),
    _mean("macro-f1", "macro-F1", _MACRO, macro(f1)),
    _of_counts("weighted-precision", "weighted precision", _WEIGHTED, weighted(precision)),
    _of_counts(
        "weighted-recall", "weighted recall", _WEIGHTED, weighted(recall), interval="Wilson"
    ),
    _choosing("weighted-f1", "weighted F1", _WEIGHTED, weighted(f1)),
    _agreement("matthews-correlation", "Matthews correlation", function=matthews_correlation),
    _agreement("cohen-kappa", "Cohen's kappa", function=cohen_kappa, may_choose=False),
)
