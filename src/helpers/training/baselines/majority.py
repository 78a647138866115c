"""The most frequent class: what an accuracy must beat."""

import numpy as np

from helpers.training import validation_score
from helpers.training.results import AdaptationRequest, BaselineResult


def majority(request: AdaptationRequest) -> BaselineResult:
    """Predict the most frequent class; the scores are the frequencies of the classes."""
    s = request.splits
    labels = s.labels[s.validation]
    validation = np.tile(_frequencies(s.labels[s.train], s.classes), (len(labels), 1))
    final = _frequencies(s.labels[s.both], s.classes)
    return BaselineResult(
        value=validation_score.score(request.primary, labels, validation),
        validation=validation,
        scores=lambda _, positions: np.tile(final, (len(positions), 1)),
        parameters=s.classes,
    )


def _frequencies(labels: np.ndarray, classes: int) -> np.ndarray:
    return np.bincount(labels, minlength=classes) / len(labels)
