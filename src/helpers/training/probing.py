"""Nothing of a network is trained: baselines, probes, what was predicted elsewhere."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.core import cost
from helpers.data.dataset import Dataset
from helpers.models import features
from helpers.training import baselines, external_predictions, linear_probe
from helpers.training.outcome import Outcome, Task


def baseline(task: Task) -> Outcome:
    """Fit a baseline of ``baselines.FITS``."""
    train, validation = task.side("train"), task.side("validation")
    with cost.Stopwatch() as watch:
        fit = baselines.FITS[task.model]
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


def given(task: Task) -> Outcome:
    """Read what was predicted elsewhere, and check it; nothing is trained."""
    file = task.model.partition(":")[2]
    found = external_predictions.read(file, task.dataset)
    return Outcome(
        value=external_predictions.validation(found.table, task.dataset.classes, task.primary),
        validation=np.empty((0, task.classes)),
        scores=external_predictions.nothing_more,
        scores_of=external_predictions.nothing_more,
        chosen={},
        backbone={"file": file, "digest": found.digest},
        fit_seconds=np.nan,
        parameters=0,
        choice=pd.DataFrame(),
        warnings=found.warnings,
        table=found.table,
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
