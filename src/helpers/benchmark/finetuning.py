"""Speed of fine-tuning: ours beside ``keras.Model.fit`` of the same network, batch and epochs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from helpers import models
from helpers.data import sources
from helpers.metrics.statistics.intervals import wilson

EPOCHS, BATCH, RATE, SEED = 3, 32, 1e-4, 0
OURS, THEIRS = "our fine-tune", f"keras.Model.fit, batch {BATCH}"
TASKS = {"image": "image-classification", "text": "text-classification"}
PARTS: dict[str, dict[str, Any]] = {  # what is trained, by the modality that begins its name
    "image network above block4": {"above": "block4"},
    "image network": {"above": None},
    "text network's two upper layers": {"unfreeze": 2},
}


@dataclass(frozen=True)
class Trained:
    """A network with its probe as the head, and items of which the last quarter is validation.

    ``right`` keeps the accuracy on validation after the last epoch, by way.
    """

    load: Callable[[], Any]
    read: Callable[[int], Any]
    labels: np.ndarray
    head: list[np.ndarray]
    right: dict[str, float] = field(default_factory=dict)

    @property
    def sides(self) -> list[np.ndarray]:
        """Return the rows of train and validation."""
        return np.split(np.arange(len(self.labels)), [3 * len(self.labels) // 4])


def material(model: str, source: str, count: int, modality: str, size: int | None) -> Trained:
    """Read items of a data set, and fit the probe that both ways start from."""
    items = sources.load(source, TASKS[modality], limit=count)
    order = np.random.default_rng(SEED).permutation(len(items.frame))
    read = lambda row: items.read(int(order[row]))  # noqa: E731
    labels = pd.factorize(items.frame["label"].to_numpy()[order], sort=True)[0]
    load = partial(models.load, model, size=size, modality=modality)
    backbone: Any = load()
    values = backbone.compile(backbone.network).run(read, range(len(order)))
    train = slice(3 * len(order) // 4)
    probe = LogisticRegression(max_iter=500).fit(values[train], labels[train])
    weights, bias = probe.coef_, probe.intercept_
    if len(weights) == 1:
        weights, bias = np.vstack([-weights, weights]) / 2, np.append(-bias, bias) / 2
    return Trained(load, read, labels, [weights.T.astype(np.float32), bias.astype(np.float32)])


def ways(some: Trained, modality: str) -> dict[str, Callable[[], None]]:
    """Return both ways to train each part, from items to the score on validation."""
    every = [part for part in PARTS if part.startswith(modality)]
    both = ((OURS, _ours), (THEIRS, _theirs))
    made = [(f"{part}: {name}", part, way) for part in every for name, way in both]
    return {name: partial(_run, some, name, part, way) for name, part, way in made}


def _run(some: Trained, name: str, part: str, way: Callable[[Trained, str], float]) -> None:
    some.right[name] = way(some, part)


def _ours(some: Trained, part: str) -> float:
    """Train as a study does: frozen layers run once, and padding that no text needs never."""
    from helpers.training import training_loop

    backbone, classes = some.load().unfrozen(PARTS[part]), len(some.head[1])

    def side(rows: np.ndarray) -> training_loop.SplitInputs:
        inputs = backbone.inputs(some.read, rows, "items")
        lengths = backbone.lengths(inputs)
        return training_loop.SplitInputs(inputs, some.labels[rows], lengths=lengths)

    train, held = map(side, some.sides)
    data = training_loop.TrainingData(train, held, classes)
    options: dict[str, Any] = {"epochs": EPOCHS, "batch_size": BATCH, "rate": RATE, "warmup": 0}
    options |= {"patience": EPOCHS, "class_weight": None, "time_budget": None}
    probe = training_loop.Head(some.head, np.full((len(data.train.labels), classes), 1 / classes))
    settings = training_loop.Settings(options, "accuracy", SEED)
    tuned = training_loop.train(backbone.network, data, probe, settings)
    return float(tuned.history["validation"].iloc[-1])


def _theirs(some: Trained, part: str) -> float:
    """Train by ``fit``, which runs frozen layers in each epoch."""
    import keras

    from helpers.training import classifier

    whole = some.load()
    kept = {id(each) for each in whole.unfrozen(PARTS[part]).network.trainable_variables}
    network = classifier.with_head(whole.network, len(some.head[1]), some.head)
    for layer in whole.network._flatten_layers():
        inside = {id(each) for each in layer.trainable_variables}
        if inside and not isinstance(layer, keras.Model):
            layer.trainable = not kept.isdisjoint(inside)
    inputs = whole.inputs(some.read, np.arange(len(some.labels)), "items")
    train, held = some.sides
    rate = keras.optimizers.schedules.CosineDecay(RATE, EPOCHS * -(-len(train) // BATCH))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
    told = (inputs[held], some.labels[held])
    ran = network.fit(inputs[train], some.labels[train], BATCH, EPOCHS, 0, validation_data=told)
    return float(ran.history["val_accuracy"][-1])


def trained(some: Trained) -> int:
    """Return how many items a way learns from, counting each epoch."""
    return EPOCHS * len(some.sides[0])


def sentences(rates: pd.DataFrame, some: Trained) -> list[str]:
    """Give the speed-up and both scores, with the interval of theirs."""
    medians, held, lines = rates.set_index("way")["median"], len(some.sides[1]), []
    for part in dict.fromkeys(way.partition(": ")[0] for way in some.right):
        ours, theirs = (f"{part}: {name}" for name in (OURS, THEIRS))
        limits = wilson(some.right[theirs] * held, held)
        lines.append(
            f"Fine-tuning the {part} is {medians[ours] / medians[theirs]:.2f} times as fast as "
            f"{THEIRS}, at accuracy {some.right[ours]:.3f} and {some.right[theirs]:.3f} "
            f"[{limits.low:.3f}, {limits.high:.3f}] on validation."
        )
    return lines
