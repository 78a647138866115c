"""Plain baselines: whoever does not beat them has learnt nothing that needs a network."""

import numpy as np

from helpers.core import cost
from helpers.training.baselines import tfidf
from helpers.training.baselines.base import Baseline
from helpers.training.baselines.log_mel import log_mel
from helpers.training.baselines.majority import majority
from helpers.training.baselines.pixels import pixels, pixels_svm, small
from helpers.training.outcome import Outcome, Task

__all__ = ["FITS", "Baseline", "baseline", "small"]

FITS = {
    "majority": majority,
    "pixels": pixels,
    "pixels-svm": pixels_svm,
    "tfidf-logistic": tfidf.logistic,
    "tfidf-svm": tfidf.svm,
    "log-mel": log_mel,
}
"""Each baseline: a dataset, two sides, the primary metric and options to a ``Baseline``."""


def baseline(task: Task) -> Outcome:
    """Fit a baseline of ``FITS``."""
    train, validation = task.side("train"), task.side("validation")
    with cost.Stopwatch() as watch:
        fit = FITS[task.model]
        made = fit(task.dataset, train, validation, task.primary, task.options)
    return Outcome(
        value=made.value,
        validation=made.validation,
        scores=lambda positions: made.scores_of(task.dataset, positions),
        scores_of=lambda other: made.scores_of(other, np.arange(len(other.frame))),
        chosen=made.chosen,
        backbone=made.expects,
        fit_seconds=watch.seconds,
        parameters=made.parameters,
        choice=made.path,
        warnings=made.warnings,
        reasons=made.reasons,
    )
