"""Train a whole network: from the probe's solution at a small rate, or from random weights.

The head starts as the probe with its standardisation folded in, so that a random head does not
destroy pretrained features (Kumar et al., ICLR 2022, arXiv:2202.10054). Batch normalisation keeps
the statistics it was pretrained with: those of a small set are worse.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import pandas as pd
from scipy.special import softmax

from helpers.core import ahead, progress
from helpers.models.inference import texts
from helpers.training import classifier, learning_rate, steps, validation_score

HISTORY = ["epoch", "phase", "loss", "train", "validation", "seconds"]
Scored = tuple[np.ndarray, np.ndarray]  # probabilities float64 [N, K] and class codes int [N]


@dataclass(frozen=True)
class SplitInputs:
    """What the network reads of a split, one or several arrays, and class codes int [N].

    ``batch`` returns some rows of the inputs with random augmentation, if any, for training.
    ``lengths`` int [N] says how much of each row is no padding, where rows vary.
    """

    inputs: np.ndarray | tuple[np.ndarray, ...]
    labels: np.ndarray
    batch: Callable[[np.ndarray, np.random.Generator], list[np.ndarray]] | None = None
    lengths: np.ndarray | None = None

    def take(self, rows: np.ndarray, generator: np.random.Generator) -> list[np.ndarray]:
        """Return some rows of each input, without the padding that none of them needs."""
        if self.batch:
            return self.batch(rows, generator)
        inputs = self.inputs if isinstance(self.inputs, tuple) else (self.inputs,)
        if self.lengths is None:
            return [array[rows] for array in inputs]
        longest = int(texts.padded_length(self.lengths[rows].max()))
        return [array[rows, :longest] for array in inputs]

    def batches(self) -> list[np.ndarray]:
        """Put all rows into batches, those of like length together."""
        rows = np.arange(len(self.labels))
        rows = rows if self.lengths is None else np.argsort(self.lengths, kind="stable")
        return np.split(rows, range(classifier.BATCH, len(rows), classifier.BATCH))


@dataclass(frozen=True)
class TrainingData:
    """The two splits that training sees, and how many classes there are."""

    train: SplitInputs
    validation: SplitInputs
    classes: int


@dataclass(frozen=True)
class Settings:
    """How to train: ``primary`` chooses the epoch, ``seed`` orders and augments the items.

    ``options`` are epochs, batch_size, rate, decay (not of every modality), warmup, patience,
    class_weight and time_budget, in seconds of the ``clock``.
    """

    options: dict[str, Any]
    primary: str
    seed: int
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Head:
    """A probe as a head: weights [D, K] and bias [K], and its scores of the train split [N, K]."""

    start: list[np.ndarray]
    train: np.ndarray


@dataclass(frozen=True)
class FineTuned:
    """What training gave: a network of logits, with the weights of epoch ``best``.

    ``history`` has the columns of HISTORY; epoch 0 is the start, and its seconds include reading
    the splits.
    """

    network: keras.Model
    history: pd.DataFrame
    best: int
    value: float
    warnings: list[str]


def train(
    backbone: keras.Model, data: TrainingData, head: Head | None, settings: Settings
) -> FineTuned:
    """Train on the train split, and keep the weights of the epoch that is best on validation.

    ``backbone`` goes from what the splits hold to pooled features [B, D], and is trained in place;
    ``head`` is the probe to start from, None trains from scratch. The start counts as an epoch.
    """
    network = classifier.with_head(backbone, data.classes, head.start if head else None)
    weights = network.get_weights()
    run = _Run(network, data, head, settings)
    rows: list[dict[str, Any]] = []
    for row in run.epochs():
        rows.append(row)
        if _best(rows) == row["epoch"]:
            weights = network.get_weights()
        if len(rows) > 1 and len(rows) - 2 - _best(rows[1:]) >= settings.options["patience"]:
            break  # by trained epochs alone: the first ones are often worse than the start
    network.set_weights(weights)
    best, warnings = _best(rows), run.warnings
    if best == settings.options["epochs"]:
        warnings.append(f"The last epoch ({best}) is the best: more epochs may be better still.")
    return FineTuned(network, pd.DataFrame(rows), best, rows[best]["validation"], warnings)


@dataclass
class _Run:
    """One training, epoch by epoch."""

    network: keras.Model
    data: TrainingData
    head: Head | None
    settings: Settings
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make what runs the network, once for all epochs."""
        self._infer = classifier.inference(self.network)

    def epochs(self) -> Iterator[dict[str, Any]]:
        """Yield a row of the history for the start and for each epoch that the budget allows."""
        options, clock, data = self.settings.options, self.settings.clock, self.data
        began = clock()
        generator, step = np.random.default_rng(self.settings.seed), self._step()
        first = data.validation.take(data.validation.batches()[0], generator)
        self._infer(*first)  # traced before it is timed
        start = (self.head.train, data.train.labels) if self.head else None
        row = self._row(0, "probe" if self.head else "random", start, clock())
        yield row
        validating = row["seconds"]
        # per item, an epoch first costs about three predictions: one forward, two for gradients
        expected = validating * (1 + 3 * len(data.train.labels) / len(data.validation.labels))
        ends = began + (options["time_budget"] or math.inf)
        for epoch in range(1, options["epochs"] + 1):
            started = clock()
            if started + expected > ends:
                self._warn(f"epoch {epoch} was not started")
                return
            scored = self._pass(step, generator, epoch, ends - validating)
            if scored is None:
                self._warn(f"epoch {epoch} was stopped and is not used")
                return
            row = self._row(epoch, "whole", scored, started)
            expected = row["seconds"]
            yield row

    def _warn(self, what: str) -> None:
        self.warnings.append(f"time_budget: {self.settings.options['time_budget']:g} s: {what}.")

    def _row(self, epoch: int, phase: str, scored: Scored | None, started: float) -> dict[str, Any]:
        """Score the validation split, and the train split from the scores made in passing."""
        loss = train = math.nan
        if scored is not None:
            scores, labels = scored
            loss = validation_score.log_loss(labels, scores)
            train = validation_score.score(self.settings.primary, labels, scores)
        validation = self.data.validation
        rows, none = validation.batches(), np.random.default_rng(0)
        found = [self._infer(*validation.take(batch, none)) for batch in rows]
        scores = np.concatenate(found)[np.argsort(np.concatenate(rows))]
        value = validation_score.score(self.settings.primary, validation.labels, scores)
        seconds = self.settings.clock() - started
        return dict(zip(HISTORY, (epoch, phase, loss, train, value, seconds), strict=True))

    def _pass(
        self, step: steps.Step, generator: np.random.Generator, epoch: int, ends: float
    ) -> Scored | None:
        """Learn from every item once; None if time runs out, else its scores before each step."""
        labels = self.data.train.labels
        weights = class_weights(labels, self.data.classes, self.settings.options)
        order = np.array_split(generator.permutation(len(labels)), self._steps())
        logits = []
        made = ahead.made(lambda rows: self.data.train.take(rows, generator), order)
        for rows, inputs in progress.track(made, f"epoch {epoch}, batch", len(order)):
            logits.append(step(*inputs, labels[rows], weights[labels[rows]]))
            if self.settings.clock() > ends:
                return None
        scores = softmax(np.concatenate(logits).astype(np.float64), axis=1)
        return scores, labels[np.concatenate(order)]

    def _steps(self) -> int:
        return math.ceil(len(self.data.train.labels) / self.settings.options["batch_size"])

    def _step(self) -> steps.Step:
        """Make what learns from a batch and returns its logits before that."""
        options = self.settings.options
        rate = learning_rate.schedule(options, self._steps() * options["epochs"])
        return steps.of(self.network, keras.optimizers.Adam(rate))


def class_weights(labels: np.ndarray, classes: int, options: dict[str, Any]) -> np.ndarray:
    """Return a weight for each class, float32 [K]: 1, or such that all classes weigh the same."""
    if options["class_weight"] is None:
        return np.ones(classes, np.float32)
    counts = np.bincount(labels, minlength=classes)
    return (len(labels) / (classes * np.maximum(counts, 1))).astype(np.float32)


def _best(rows: list[dict[str, Any]]) -> int:
    return int(np.argmax([row["validation"] for row in rows]))  # the first of equal epochs
