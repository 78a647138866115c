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


def _of_answers(metric: Callable[..., float], average: str | None = None) -> Scorer:
    """Score the most probable class of each item."""
    settings: dict[str, Any] = {"average": average, "zero_division": 0} if average else {}
    return lambda labels, scores: metric(labels, scores.argmax(axis=1), **settings)


def _balanced_accuracy(labels: np.ndarray, answers: np.ndarray) -> float:
    """Mean recall of the classes present; scikit-learn warns about a class only predicted."""
    return metrics.recall_score(labels, answers, labels=np.unique(labels), average="macro")


def _roc_auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """Mean over the classes present of each against the rest; 0.5 if there is only one."""
    present = np.unique(labels)
    if len(present) < 2:
        return 0.5
    areas = [metrics.roc_auc_score(labels == code, scores[:, code]) for code in present]
    return float(np.mean(areas))


SCORERS: dict[str, Scorer] = {  # the metrics that scikit-learn computes on validation
    "accuracy": _of_answers(metrics.accuracy_score),
    "balanced-accuracy": _of_answers(_balanced_accuracy),
    "macro-f1": _of_answers(metrics.f1_score, "macro"),
    "macro-recall": _of_answers(metrics.recall_score, "macro"),
    "macro-precision": _of_answers(metrics.precision_score, "macro"),
    "weighted-f1": _of_answers(metrics.f1_score, "weighted"),
    "matthews-correlation": _of_answers(metrics.matthews_corrcoef),
    "log-loss": lambda labels, scores: -log_loss(labels, scores),
    "roc-auc": _roc_auc,
}
