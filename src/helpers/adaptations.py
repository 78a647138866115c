"""The ways to make a model of a data set: a plain baseline, a probe, a whole network trained."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import softmax

from helpers import baselines, cost, elsewhere, features, modalities, models, probe, quiet
from helpers.dataset import Dataset
from helpers.options import ProbeOptions


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What training gave.

    ``choice`` has the columns parameter, validation and log_loss, ``history`` epoch, phase, loss,
    train, validation and seconds; either may be empty. ``validation`` are scores of the validation
    items [V, K] by a fit that has not seen them, ``value`` their primary metric (log loss negated);
    ``scores`` gives those of any positions, ``scores_of`` those of all items of another data set
    of the same classes. ``backbone`` says what the model is and expects.
    ``fit_seconds`` holds the features of what was learnt from, ``item_seconds`` is the time of one
    item before ``scores`` is asked. ``table`` is what was predicted elsewhere: then nothing is
    fitted here. ``reasons`` names what spoke for classes at some positions.
    """

    value: float
    validation: np.ndarray
    scores: Callable[[np.ndarray], np.ndarray]
    scores_of: Callable[[Dataset], np.ndarray]
    chosen: dict[str, Any]
    backbone: dict[str, Any]
    fit_seconds: float
    parameters: int
    choice: pd.DataFrame
    history: pd.DataFrame = field(default_factory=pd.DataFrame)
    warnings: list[str] = field(default_factory=list)
    item_seconds: float = 0.0
    gflops: float | None = None
    engine: str | None = None
    network: Any = None
    table: pd.DataFrame | None = None
    reasons: Callable[[np.ndarray, np.ndarray], list[str]] | None = None


@dataclass(frozen=True)
class Task:
    """What to train, on what, chosen by what."""

    dataset: Dataset
    model: str
    options: dict[str, Any]
    primary: str
    seed: int
    threads: int | None = None

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.dataset.classes)

    @property
    def size(self) -> int | None:
        """Return the size of items that was asked for: pixels a side, or tokens."""
        return self.options.get("image_size") or self.options.get("max_tokens")

    def side(self, name: str) -> np.ndarray:
        """Return the positions of a side, int [N]."""
        return np.flatnonzero(self.dataset.frame["split"].to_numpy() == name)


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
    found = _features(task)
    with cost.Stopwatch() as watch:
        choice = _probe(task, found.values, task.options["regularisation"])
    each = found.seconds / len(found.values)
    learnt = len(task.side("train")) + len(task.side("validation"))
    return Outcome(
        value=choice.value,
        validation=choice.trained.scores(found.values[task.side("validation")]),
        scores=lambda positions: choice.final.scores(found.values[positions]),
        scores_of=lambda other: choice.final.scores(_features(task, other).values),
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


def finetuned(task: Task) -> Outcome:
    """Train the whole network from the probe's solution."""
    quiet.tensorflow()
    from helpers import finetune, networks

    said = networks.prepare(task.seed, task.threads)
    found = _features(task)
    choice = _probe(task, found.values, ProbeOptions().regularisation)
    weights, bias = choice.trained.folded()
    train = choice.trained.scores(found.values[task.side("train")])
    head = finetune.Head(weights.astype(np.float32), bias.astype(np.float32), train)
    return _trained(task, task.options["weights"], head, choice, said + choice.warnings)


def from_scratch(task: Task) -> Outcome:
    """Train the same network from random weights."""
    quiet.tensorflow()
    from helpers import networks

    said = networks.prepare(task.seed, task.threads)
    return _trained(task, "none", None, None, said)


def given(task: Task) -> Outcome:
    """Read what was predicted elsewhere, and check it; nothing is trained."""
    file = task.model.partition(":")[2]
    found = elsewhere.read(file, task.dataset)
    return Outcome(
        value=elsewhere.validation(found.table, task.dataset.classes, task.primary),
        validation=np.empty((0, task.classes)),
        scores=elsewhere.nothing_more,
        scores_of=elsewhere.nothing_more,
        chosen={},
        backbone={"file": file, "digest": found.digest},
        fit_seconds=np.nan,
        parameters=0,
        choice=pd.DataFrame(),
        warnings=found.warnings,
        table=found.table,
    )


FITS = {
    "baseline": baseline,
    "probe": probed,
    "finetune": finetuned,
    "scratch": from_scratch,
    "predictions": given,
}
"""Each adaptation: a task to its outcome."""


def _features(task: Task, other: Dataset | None = None) -> Any:
    """Return the frozen features of the task's items, or of another data set's."""
    weights, dataset = task.options["weights"], task.dataset if other is None else other
    return features.extract(dataset, task.model, weights, task.size, task.seed, task.threads)


def _probe(task: Task, values: np.ndarray, grid: tuple[float, ...]) -> probe.Choice:
    return probe.fit(
        values,
        task.dataset.labels,
        task.side("train"),
        task.side("validation"),
        task.classes,
        grid,
        task.primary,
        task.options["class_weight"],
    )


def _trained(task: Task, weights, head, choice: probe.Choice | None, said: list[str]) -> Outcome:
    """Train a network, or restore it, and put it on the engine."""
    from helpers import finetune, fits, networks

    modality = modalities.TASKS[task.dataset.task]
    backbone = models.load(task.model, weights, task.size, task.seed, modality)
    backbone = backbone.unfrozen(task.options)
    start = head and head.start
    key = fits.key(
        options=task.options,
        primary=task.primary,
        seed=task.seed,
        threads=task.threads,
        data=task.dataset.digest,
        items=task.dataset.frame[["id", "split", "label"]].to_csv(),
        backbone=backbone.digest,
        size=backbone.size,
        head=[_hash(each) for each in start or []],
    )

    def train() -> finetune.Tuned:
        sides = [_side(task, name, backbone) for name in ("train", "validation")]
        settings = (task.classes, head, task.options, task.primary, task.seed)
        return finetune.train(backbone.network, *sides, *settings)

    tuned = fits.kept(key, lambda: networks.with_head(backbone.network, task.classes, start), train)
    running = backbone.compile(tuned.network, task.threads)

    def scores(positions: np.ndarray, dataset: Dataset = task.dataset) -> np.ndarray:
        logits = running.run(dataset.example, positions)
        return softmax(logits.astype(np.float64), axis=1)

    validation = scores(task.side("validation"))
    about = backbone.about(tuned.network, running)

    return Outcome(
        value=tuned.value,
        validation=validation,
        scores=scores,
        scores_of=lambda other: scores(np.arange(len(other.frame)), other),
        chosen={"epoch": tuned.best} | ({"C": choice.regularisation} if choice else {}),
        backbone={
            name: value
            for name, value in about.items()
            if name not in ("parameters", "gflops", "engine")
        },
        fit_seconds=float(tuned.history["seconds"].sum()),
        parameters=backbone.parameters + (backbone.dimension + 1) * task.classes,
        gflops=about["gflops"],
        engine=about["engine"],
        choice=choice.path if choice else pd.DataFrame(columns=["parameter", "validation"]),
        history=tuned.history,
        warnings=said + tuned.warnings,
        network=backbone.whole(tuned.network),
    )


def _side(task: Task, name: str, backbone: Any) -> Any:
    """Read the items of a side once, as the network is trained on them, to stay in memory."""
    from helpers import finetune

    positions = task.side(name)
    many = task.dataset.items.modality.MANY
    inputs = backbone.inputs(task.dataset.example, positions, f"{name} {many}")
    return finetune.Side(inputs, task.dataset.labels[positions])


def _hash(array: np.ndarray) -> str:
    return hashlib.sha256(array.tobytes()).hexdigest()
