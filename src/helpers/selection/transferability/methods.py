"""Every cheap score of a candidate, with the seconds that each took."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

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
    train, queries = features[splits.train], features[splits.validation]
    known, classes = splits.labels[splits.train], splits.classes

    def judged(scores: np.ndarray) -> float:
        return validation_score.score(splits.primary, splits.labels[splits.validation], scores)

    scores = [
        _timed("ridge-probe", lambda: judged(ridge.fit(train, known, classes).scores(queries))),
        _timed("nearest-neighbours", lambda: judged(knn.scores(train, known, queries, classes))),
        _timed("logme", lambda: logme.score(both, labels)),
        _timed("h-score", lambda: h_score.score(both, labels)),
    ]
    if head is None:
        return [*scores, Score("leep", np.nan, 0.0, "no head of its own on these features")]
    weights, bias = head

    def by_source() -> float:
        return leep.score(softmax(both @ weights + bias, axis=1), labels)

    return [*scores, _timed("leep", by_source)]


def logistic_probe(features: np.ndarray, splits: LabelledSplits, grid: Sequence[float]) -> Score:
    """Return the validation score of a study's linear probe, its C chosen on validation."""
    return _timed("logistic-probe", lambda: linear_probe.fit(features, splits, grid).value)


def _timed(method: str, score: Callable[[], float]) -> Score:
    with cost.Stopwatch() as watch:
        value = score()
    return Score(method, float(value), watch.seconds)
