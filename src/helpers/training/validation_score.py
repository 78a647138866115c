"""The validation score that choices are made by: higher is better, whatever the metric."""

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


def _mean(of_classes: Callable[..., np.ndarray], weighted: bool = False) -> Scorer:
    """Average over the classes that have items, the same for all candidates.

    The values are scikit-learn's to the last bit, which takes fifty times as long. The code of
    metrics/ is not called: an edit there would train all candidates again.
    """

    def scorer(labels: np.ndarray, scores: np.ndarray) -> float:
        said, classes = scores.argmax(axis=1), scores.shape[1]
        counted = (labels[said == labels], labels, said)
        right, truth, given = (np.bincount(codes, minlength=classes) for codes in counted)
        present = truth > 0
        of_each = of_classes(right[present], truth[present], given[present])
        return float(np.average(of_each, weights=truth[present] if weighted else None))

    return scorer


def _recall(right: np.ndarray, truth: np.ndarray, given: np.ndarray) -> np.ndarray:
    return np.asarray(right / truth)


def _precision(right: np.ndarray, truth: np.ndarray, given: np.ndarray) -> np.ndarray:
    return np.asarray(right / np.maximum(given, 1))


def _f1(right: np.ndarray, truth: np.ndarray, given: np.ndarray) -> np.ndarray:
    return np.asarray(2 * right / (truth + given))


def _roc_auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """Mean over the classes present of each against the rest; 0.5 if there is only one."""
    present = np.unique(labels)
    if len(present) < 2:
        return 0.5
    areas = [metrics.roc_auc_score(labels == code, scores[:, code]) for code in present]
    return float(np.mean(areas))


SCORERS: dict[str, Scorer] = {  # the metrics that are scored here, by scikit-learn or as it does
    "accuracy": lambda labels, scores: float((scores.argmax(axis=1) == labels).mean()),
    "balanced-accuracy": _mean(_recall),
    "macro-f1": _mean(_f1),
    "macro-recall": _mean(_recall),
    "macro-precision": _mean(_precision),
    "weighted-f1": _mean(_f1, weighted=True),
    "matthews-correlation": lambda labels, scores: metrics.matthews_corrcoef(
        labels, scores.argmax(axis=1)
    ),
    "log-loss": lambda labels, scores: -log_loss(labels, scores),
    "roc-auc": _roc_auc,
}
