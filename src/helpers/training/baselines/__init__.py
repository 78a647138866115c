"""Plain baselines: a network that does not beat them has learnt nothing worth its cost."""

import numpy as np

from helpers.core import cost, dotted_names
from helpers.training.adaptations import BASELINES
from helpers.training.baselines.base import Baseline
from helpers.training.outcome import Outcome, Task

__all__ = ["Baseline", "baseline"]


def baseline(task: Task) -> Outcome:
    """Fit a baseline of ``BASELINES``."""
    train, validation = task.side("train"), task.side("validation")
    with cost.Stopwatch() as watch:
        fit = dotted_names.load(BASELINES[task.model])
        made: Baseline = fit(task.dataset, train, validation, task.primary, task.options)
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
