"""Linear probes on the features of a frozen network."""

from typing import Any

import numpy as np

from helpers.core import cost
from helpers.data.dataset import Dataset
from helpers.models import features
from helpers.training import linear_probe
from helpers.training.outcome import Outcome, Task


def probed(task: Task) -> Outcome:
    """Fit a linear probe on frozen features; no network runs where they are kept."""
    found = features_of(task)
    with cost.Stopwatch() as watch:
        choice = probe_on(task, found.values, task.options["regularisation"])
    each = found.seconds / len(found.values)
    learnt = len(task.side("train")) + len(task.side("validation"))
    return Outcome(
        value=choice.value,
        validation=choice.trained.scores(found.values[task.side("validation")]),
        scores=lambda positions: choice.final.scores(found.values[positions]),
        scores_of=lambda other: choice.final.scores(features_of(task, other).values),
        chosen={"C": choice.regularisation},
        backbone=found.backbone,
        fit_seconds=watch.seconds + each * learnt,
        item_seconds=each,
        parameters=found.backbone["parameters"] + choice.final.weights.size + task.classes,
        gflops=found.backbone.get("gflops"),
        engine=found.backbone.get("engine"),
        choice=choice.path,
        warnings=choice.warnings,
    )


def features_of(task: Task, other: Dataset | None = None) -> Any:
    """Return the frozen features of the task's items, or of another data set's."""
    weights, dataset = task.options["weights"], task.dataset if other is None else other
    return features.extract(dataset, task.model, weights, task.size, task.seed, task.threads)


def probe_on(task: Task, values: np.ndarray, grid: tuple[float, ...]) -> linear_probe.Choice:
    """Fit a probe on features of the task's items [N, D]."""
    return linear_probe.fit(
        values,
        task.dataset.labels,
        task.side("train"),
        task.side("validation"),
        task.classes,
        grid,
        task.primary,
        task.options["class_weight"],
    )
