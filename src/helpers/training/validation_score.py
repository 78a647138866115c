"""The validation score that choices are made by: higher is better, whatever the metric."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
from sklearn import metrics

from helpers.core.errors import unknown
from helpers.metrics.metric import CLASSIFICATION
from helpers.metrics.registry import METRICS, names

Scorer = Callable[[np.ndarray, np.ndarray], float]


def score(primary: str, labels: np.ndarray, scores: np.ndarray) -> float:
    """Score probabilities, float [N, K], against class codes, int [N]; negated if lower is better.

    ``primary`` is a metric that choices may be made by, else a UserError.
    """
    if primary not in (allowed := names(CLASSIFICATION, may_choose=True)):
        raise unknown("metric", primary, allowed)
    metric, labels, scores = METRICS[primary], np.asarray(labels), np.asarray(scores)
    if metric.validation == "scikit-learn":
        return float(SCORERS[primary](labels, scores))
    # loaded by name: only a study that chooses by such a metric depends on its code
    value = import_module("helpers.metrics.point_values").point_value(metric, labels, scores)
    return -value if metric.lower_is_better else value


def log_loss(labels: np.ndarray, scores: np.ndarray) -> float:
    """Return the mean negative log probability of the labels, in nats."""
    return float(metrics.log_loss(labels, scores, labels=np.arange(scores.shape[1])))


def grid_row(
    parameter: float, primary: str, labels: np.ndarray, scores: np.ndarray
) -> dict[str, float]:
    """Return a row of a grid: a parameter, and the validation score and log loss of its fit."""
    value, loss = score(primary, labels, scores), log_loss(labels, scores)
    return {"parameter": parameter, "validation": value, "log_loss": loss}


def best_row(grid: pd.DataFrame) -> int:
    """Return the row of a grid with the best validation score; log loss decides ties."""
    order = grid.sort_values(["validation", "log_loss"], ascending=[False, True], kind="stable")
    return int(order.index[0])


def _of_answers(metric: Callable[..., float]) -> Scorer:
    """Score the most probable class of each item."""
    return lambda labels, scores: metric(labels, scores.argmax(axis=1))


def _mean(metric: Callable[..., float], average: str = "macro") -> Scorer:
    """Average over the classes that have items, the same for all candidates."""
    settings: dict[str, Any] = {"average": average, "zero_division": 0}
    return lambda labels, scores: metric(
        labels, scores.argmax(axis=1), labels=np.unique(labels), **settings
    )


def _roc_auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """Mean over the classes present of each against the rest; 0.5 if there is only one."""
    present = np.unique(labels)
    if len(present) < 2:
        return 0.5
    areas = [metrics.roc_auc_score(labels == code, scores[:, code]) for code in present]
    return float(np.mean(areas))


SCORERS: dict[str, Scorer] = {  # the metrics that scikit-learn computes on validation
    "accuracy": _of_answers(metrics.accuracy_score),
    "balanced-accuracy": _mean(metrics.recall_score),
    "macro-f1": _mean(metrics.f1_score),
    "macro-recall": _mean(metrics.recall_score),
    "macro-precision": _mean(metrics.precision_score),
    "weighted-f1": _mean(metrics.f1_score, "weighted"),
    "matthews-correlation": _of_answers(metrics.matthews_corrcoef),
    "log-loss": lambda labels, scores: -log_loss(labels, scores),
    "roc-auc": _roc_auc,
}
