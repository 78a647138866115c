"""Every cheap score of a candidate, with the seconds that each took."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from helpers.core import cost
from helpers.selection.transferability import h_score, knn, leep, logme, ridge
from helpers.training import linear_probe, validation_score
from helpers.training.labelled_splits import LabelledSplits

METHODS = {
    "logistic-probe": "a logistic regression on the features, scored on validation",
    "ridge-probe": "least squares on the features, scored on validation",
    "nearest-neighbours": f"{knn.NEIGHBOURS} nearest by cosine, scored on validation",
    "logme": "the evidence of a Bayesian linear model of the labels",
    "h-score": "how far the classes' means lie apart in the features",
    "leep": "how well the network's own 1,000 classes predict the labels",
    "imagenet-accuracy": "published for the network, whatever the task",
    "parameters": "the size of the network, whatever the task",
}
"""Each method in words; higher is better for all. The last two know nothing of the task."""
STATIC = ("imagenet-accuracy", "parameters")


@dataclass(frozen=True)
class Score:
    """One method's score of one candidate: NaN if it has none, with the reason as a note."""

    method: str
    value: float
    seconds: float
    note: str = ""


def measure(
    features: np.ndarray, splits: LabelledSplits, head: tuple[np.ndarray, np.ndarray] | None = None
) -> list[Score]:
    """Score features [N, D] by every method that looks at them, except the logistic probe.

    The two probes are fitted on train and scored on validation; the others see both splits.
    ``head`` are weights [D, Z] and bias [Z] of the network's own head, from features to logits.
    """
    both, labels = features[splits.both], splits.labels[splits.both]
    scores = [
        _timed("ridge-probe", lambda: ridge_probe(features, splits)),
        _timed("nearest-neighbours", lambda: nearest_neighbours(features, splits)),
        _timed("logme", lambda: logme.score(both, labels)),
        _timed("h-score", lambda: h_score.score(both, labels)),
    ]
    if head is None:
        return [*scores, Score("leep", np.nan, 0.0, "no head of its own on these features")]
    return [*scores, _timed("leep", lambda: leep.score(_source(both, *head), labels))]


def ridge_probe(features: np.ndarray, splits: LabelledSplits) -> float:
    """Score a ridge probe, fitted on train, on validation."""
    probe = ridge.fit(features[splits.train], splits.labels[splits.train], splits.classes)
    return _on_validation(splits, probe.scores(features[splits.validation]))


def nearest_neighbours(features: np.ndarray, splits: LabelledSplits) -> float:
    """Return the validation score of the nearest neighbours in train."""
    train, queries = features[splits.train], features[splits.validation]
    scores = knn.scores(train, splits.labels[splits.train], queries, splits.classes)
    return _on_validation(splits, scores)


def logistic_probe(features: np.ndarray, splits: LabelledSplits, grid: Sequence[float]) -> Score:
    """Return the validation score of a study's linear probe, its C chosen on validation."""
    return _timed("logistic-probe", lambda: linear_probe.fit(features, splits, grid).value)


def _on_validation(splits: LabelledSplits, scores: np.ndarray) -> float:
    return validation_score.score(splits.primary, splits.labels[splits.validation], scores)


def _source(features: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Return the probabilities of a network's own classes: float32 [N, Z]."""
    logits = features @ weights + bias
    logits -= logits.max(axis=1, keepdims=True)
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


def _timed(method: str, score: Callable[[], float]) -> Score:
    with cost.Stopwatch() as watch:
        value = score()
    return Score(method, float(value), watch.seconds)
