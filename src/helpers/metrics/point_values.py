"""A metric's value alone, without an interval: what a choice on validation needs."""

import numpy as np
from numpy.typing import NDArray

from helpers.metrics.confusion_matrix import confusion_matrix, counts
from helpers.metrics.metric import Metric
from helpers.metrics.probabilistic import influence


def point_value(metric: Metric, labels: NDArray, scores: NDArray) -> float:
    """Compute a metric of labels, int [N], and probabilities, float [N, K]."""
    if metric.needs_scores:
        return influence(metric, labels, np.asarray(scores, dtype=float))[0]
    if metric.function is None or metric.reads != "counts":
        raise ValueError(f"{metric.name} cannot be computed from scores")
    matrix = confusion_matrix(labels, scores.argmax(axis=1), scores.shape[1])
    return float(metric.function(counts(matrix)))
