"""A network is trained: from its probe's solution, or from random weights."""

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import softmax

from helpers import models
from helpers.config.options import ProbeOptions
from helpers.core import cost, quiet_imports
from helpers.data import tasks
from helpers.data.dataset import Dataset
from helpers.training import linear_probe
from helpers.training.outcome import Outcome, Task
from helpers.training.probing import features_of, probe_on


def finetuned(task: Task) -> Outcome:
    """Train the network, or what lies above a layer of it, from the probe's solution."""
    quiet_imports.tensorflow()
    from helpers.training import classifier, training_loop

    said = classifier.prepare(task.seed, task.threads)
    found = features_of(task)
    with cost.Stopwatch() as watch:
        choice = probe_on(task, found.values, ProbeOptions().regularisation)
    learnt = len(task.side("train")) + len(task.side("validation"))
    before = watch.seconds + found.seconds * learnt / len(found.values)
    weights, bias = choice.trained.folded()
    train = choice.trained.scores(found.values[task.side("train")])
    head = training_loop.Head(weights.astype(np.float32), bias.astype(np.float32), train)
    made = _trained(task, task.options["weights"], head, choice, said + choice.warnings)
    cut = {name: value for name, value in found.backbone.items() if name == "cut"}
    return replace(made, fit_seconds=made.fit_seconds + before, backbone=made.backbone | cut)


def from_scratch(task: Task) -> Outcome:
    """Train the same network from random weights."""
    quiet_imports.tensorflow()
    from helpers.training import classifier

    said = classifier.prepare(task.seed, task.threads)
    return _trained(task, "none", None, None, said)


def _trained(
    task: Task, weights, head, choice: linear_probe.Choice | None, said: list[str]
) -> Outcome:
    """Train a network, or restore it, and put it on the engine."""
    from helpers.training import checkpoint_cache, classifier, training_loop

    modality = tasks.get(task.dataset.task).modality
    backbone = models.load(task.model, weights, task.size, task.seed, modality)
    backbone = backbone.unfrozen(task.options)
    start = head and head.start
    key = checkpoint_cache.key(
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

    def train() -> training_loop.Tuned:
        with cost.Stopwatch() as reading:
            sides = [_side(task, name, backbone) for name in ("train", "validation")]
        settings = (task.classes, head, task.options, task.primary, task.seed)
        tuned = training_loop.train(backbone.network, *sides, *settings)
        tuned.history.loc[0, "seconds"] += reading.seconds  # what lies below is run here, once
        return tuned

    tuned = checkpoint_cache.kept(
        key, lambda: classifier.with_head(backbone.network, task.classes, start), train
    )
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
    from helpers.training import training_loop

    positions = task.side(name)
    kinds = task.options.get("augment", ()) if name == "train" else ()
    what = f"{name} {task.dataset.items.modality.MANY}"
    inputs = backbone.inputs(task.dataset.example, positions, what, kinds)

    def batch(rows: np.ndarray, generator: np.random.Generator) -> list[np.ndarray]:
        return [backbone.varied(np.take(inputs, rows, axis=-4), kinds, generator)]

    return training_loop.Side(inputs, task.dataset.labels[positions], batch if kinds else None)


def _hash(array: np.ndarray) -> str:
    return hashlib.sha256(array.tobytes()).hexdigest()
