"""The score that choices are made by on validation: higher is better, whatever the metric."""

from collections.abc import Callable
from importlib import import_module

import numpy as np
import pandas as pd
from sklearn import metrics

from helpers.core.errors import unknown
from helpers.metrics.metric import CLASSIFICATION
from helpers.metrics.registry import METRICS, names

Scorer = Callable[[np.ndarray, np.ndarray], float]


def score(primary: str, labels: np.ndarray, scores: np.ndarray) -> float:
    """Score probabilities against labels.

    Parameters
    ----------
    primary : str
        A metric that may choose.
    labels : ndarray
        Class codes, int [N].
    scores : ndarray
        Probabilities, float [N, K].

    Returns
    -------
    float
        The metric, or the negative of one that is better where it is lower.

    Raises
    ------
    UserError
        The metric is not known.
    """
    if primary not in (allowed := names(CLASSIFICATION, may_choose=True)):
        raise unknown("metric", primary, allowed)
    metric, labels, scores = METRICS[primary], np.asarray(labels), np.asarray(scores)
    if metric.validation == "scikit-learn":
        return float(SCORERS[primary](labels, scores))
    # Loaded by name: only a study that chooses by such a metric depends on its code.
    value = import_module("helpers.metrics.point_values").point_value(metric, labels, scores)
    return -value if metric.lower_is_better else value


def log_loss(labels: np.ndarray, scores: np.ndarray) -> float:
    """Return the mean negative log probability of the labels, in nats."""
    return float(metrics.log_loss(labels, scores, labels=np.arange(scores.shape[1])))


def tried(parameter: float, primary: str, labels: np.ndarray, scores: np.ndarray) -> dict:
    """Return a row of a path: a parameter, and what validation says of the fit that it gave."""
    value, loss = score(primary, labels, scores), log_loss(labels, scores)
    return {"parameter": parameter, "validation": value, "log_loss": loss}


def best(path: pd.DataFrame) -> int:
    """Return the row of a path that validation likes best; log loss decides between equals."""
    order = path.sort_values(["validation", "log_loss"], ascending=[False, True], kind="stable")
    return int(order.index[0])


def _of_answers(metric: Callable[..., float], **settings) -> Scorer:
    """Score the most probable class of each item."""
    return lambda labels, scores: metric(labels, scores.argmax(axis=1), **settings)


def _balanced_accuracy(labels: np.ndarray, answers: np.ndarray) -> float:
    """Mean recall of the classes that are there; scikit-learn warns where one is only answered."""
    return metrics.recall_score(labels, answers, labels=np.unique(labels), average="macro")


def _roc_auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """Mean of one class against the rest, over the classes that are there and not alone."""
    present = np.unique(labels)
    if len(present) < 2:
        return 0.5
    areas = [metrics.roc_auc_score(labels == code, scores[:, code]) for code in present]
    return float(np.mean(areas))


def _averaged(metric: Callable[..., float], average: str) -> Scorer:
    return _of_answers(metric, average=average, zero_division=0)


SCORERS: dict[str, Scorer] = {
    "accuracy": _of_answers(metrics.accuracy_score),
    "balanced-accuracy": _of_answers(_balanced_accuracy),
    "macro-f1": _averaged(metrics.f1_score, "macro"),
    "macro-recall": _averaged(metrics.recall_score, "macro"),
    "macro-precision": _averaged(metrics.precision_score, "macro"),
    "weighted-f1": _averaged(metrics.f1_score, "weighted"),
    "matthews-correlation": _of_answers(metrics.matthews_corrcoef),
    "log-loss": lambda labels, scores: -log_loss(labels, scores),
    "roc-auc": _roc_auc,
}
"""The metrics of which scikit-learn scores validation."""
