"""The most frequent class: what an accuracy must beat."""

import numpy as np

from helpers.data import folds
from helpers.training import validation_score
from helpers.training.results import AdaptationRequest, BaselineResult


def majority(request: AdaptationRequest) -> BaselineResult:
    """Predict the most frequent class; the scores are the frequencies of the classes.

    In folds these are those of all items.
    """
    s = request.splits
    labels = s.labels[s.validation]
    validation = np.tile(_frequencies(s.labels[s.train], s.classes), (len(labels), 1))
    # a fold holds what the others lack of a class: by them alone it would be worse than chance
    known = s.labels if folds.made(request.dataset.study) is not None else s.labels[s.both]
    final = _frequencies(known, s.classes)
    return BaselineResult(
        value=validation_score.score(request.primary, labels, validation),
        validation=validation,
        scores=lambda _, positions: np.tile(final, (len(positions), 1)),
        parameters=s.classes,
    )


def _frequencies(labels: np.ndarray, classes: int) -> np.ndarray:
    return np.bincount(labels, minlength=classes) / len(labels)
