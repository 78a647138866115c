"""Every cheap score of a contender, with the seconds that each took."""

from dataclasses import asdict, dataclass

import numpy as np

from helpers.core import cost
from helpers.selection.transferability import h_score, knn, leep, logme, ridge
from helpers.training import linear_probe, validation_score

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
"""Each method in words; for all of them higher is better. The last two know nothing of the task."""
STATIC = ("imagenet-accuracy", "parameters")


@dataclass(frozen=True)
class Score:
    """One method's word on one contender: NaN where it has none, with the reason."""

    method: str
    value: float
    seconds: float
    note: str = ""

    def row(self) -> dict:
        """Return the fields as a plain dictionary."""
        return asdict(self)


@dataclass(frozen=True)
class Labelled:
    """What the scores may know: class codes int [N], and positions of two sides; never the test."""

    labels: np.ndarray
    train: np.ndarray
    validation: np.ndarray
    classes: int
    primary: str


def measure(
    features: np.ndarray, known: Labelled, head: tuple[np.ndarray, np.ndarray] | None = None
) -> list[Score]:
    """Score features by every method that looks at them, but for the logistic probe.

    Parameters
    ----------
    features : ndarray
        float [N, D].
    known : Labelled
    head : tuple of ndarray, optional
        Weights [D, Z] and bias [Z] of the network's own head, which turns features into logits.

    Returns
    -------
    list of Score
        The two probes that hold validation out learn from train alone; the others, which hold
        nothing out, see both sides.
    """
    both = np.concatenate([known.train, known.validation])
    seen, labels = features[both], known.labels[both]
    found = [
        _timed("ridge-probe", lambda: ridge_probe(features, known)),
        _timed("nearest-neighbours", lambda: nearest(features, known)),
        _timed("logme", lambda: logme.score(seen, labels)),
        _timed("h-score", lambda: h_score.score(seen, labels)),
    ]
    if head is None:
        return [*found, Score("leep", np.nan, 0.0, "no head of its own on these features")]
    return [*found, _timed("leep", lambda: leep.score(_source(seen, *head), labels))]


def ridge_probe(features: np.ndarray, known: Labelled) -> float:
    """Return the primary metric on validation of a ridge probe fitted on train."""
    fitted = ridge.fit(features[known.train], known.labels[known.train], known.classes)
    said = fitted.scores(features[known.validation])
    return validation_score.score(known.primary, known.labels[known.validation], said)


def nearest(features: np.ndarray, known: Labelled) -> float:
    """Return the primary metric on validation of the nearest neighbours in train."""
    train, asked = features[known.train], features[known.validation]
    said = knn.scores(train, known.labels[known.train], asked, known.classes)
    return validation_score.score(known.primary, known.labels[known.validation], said)


def logistic_probe(features: np.ndarray, known: Labelled, grid: tuple[float, ...]) -> Score:
    """Score by the probe that a candidate of the study is, its C chosen on validation."""
    arguments = (known.labels, known.train, known.validation, known.classes, grid, known.primary)
    return _timed("logistic-probe", lambda: linear_probe.fit(features, *arguments).value)


def _source(features: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Return what a head says of features, in single precision: float32 [N, Z]."""
    logits = features @ weights + bias
    logits -= logits.max(axis=1, keepdims=True)
    said = np.exp(logits)
    return said / said.sum(axis=1, keepdims=True)


def _timed(method: str, score) -> Score:
    with cost.Stopwatch() as watch:
        value = score()
    return Score(method, float(value), watch.seconds)
