"""Train a whole network: from the probe's solution at a small rate, or from random weights.

The head starts as the probe with its standardisation folded in, so that nothing learnt is torn
down by a random head (Kumar et al., ICLR 2022, arXiv:2202.10054), and batch normalisation keeps
the statistics it was pretrained with: those of a small set are worse.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from scipy.special import softmax

from helpers.core import progress
from helpers.training import classifier, learning_rate, validation_score

HISTORY = ["epoch", "phase", "loss", "train", "validation", "seconds"]
_BUDGET = "time_budget: {time_budget:g} s"


@dataclass(frozen=True)
class Side:
    """What the network reads, one or several arrays, and class codes int [N].

    ``batch`` takes some rows of the inputs, for training changed by chance; without it the rows
    are those of each array.
    """

    inputs: np.ndarray | tuple[np.ndarray, ...]
    labels: np.ndarray
    batch: Callable[[np.ndarray, np.random.Generator], list[np.ndarray]] | None = None

    def first(self, count: int) -> np.ndarray | tuple[np.ndarray, ...]:
        """Return the first rows of each input."""
        several = isinstance(self.inputs, tuple)
        return tuple(each[:count] for each in self.inputs) if several else self.inputs[:count]

    def take(self, rows: np.ndarray, generator: np.random.Generator) -> list[np.ndarray]:
        """Return some rows of each input."""
        if self.batch:
            return self.batch(rows, generator)
        inputs = self.inputs if isinstance(self.inputs, tuple) else (self.inputs,)
        return [each[rows] for each in inputs]


@dataclass(frozen=True)
class Head:
    """A probe as a head: weights [D, K], bias [K], and its scores of the training side [N, K]."""

    weights: np.ndarray
    bias: np.ndarray
    train: np.ndarray

    @property
    def start(self) -> list[np.ndarray]:
        """Return what the layer starts from: its weights and bias."""
        return [self.weights, self.bias]


@dataclass(frozen=True)
class Tuned:
    """What training gave.

    ``history`` has the columns epoch, phase, loss, train, validation and seconds, where epoch 0 is
    the start, to whose seconds the reading of the sides is added; ``network`` gives logits with
    the weights of epoch ``best``.
    """

    network: keras.Model
    history: pd.DataFrame
    best: int
    value: float
    warnings: list[str]


def train(
    backbone: keras.Model,
    training: Side,
    validation: Side,
    classes: int,
    head: Head | None,
    options: dict,
    primary: str,
    seed: int,
    clock: Callable[[], float] = time.monotonic,
) -> Tuned:
    """Train on one side, and keep the weights of the epoch that is best on the other.

    Parameters
    ----------
    backbone : keras.Model
        To pooled features [B, D], from what the sides hold; it is trained in place.
    training, validation : Side
    classes : int
    head : Head or None
        The probe to start from; None trains a network from scratch.
    options : dict
        epochs, batch_size, rate, decay, warmup, patience, class_weight, time_budget (seconds); a
        modality without a choice of decay leaves it out.
    primary : str
        The metric that chooses the epoch; the start counts as one.
    seed : int
        Orders and augments the items.
    clock : callable
        Seconds, for the budget.
    """
    network, said = classifier.with_head(backbone, classes, head and head.start), []
    rows, best = [], network.get_weights()
    course = _Course(network, training, validation, head, options, primary, seed, clock)
    for row in course.epochs(said):
        rows.append(row)
        if _best(rows) == row["epoch"]:
            best = network.get_weights()
        if len(rows) > 1 and len(rows) - 2 - _best(rows[1:]) >= options["patience"]:
            break  # by trained epochs alone: the first ones often cost before they pay
    network.set_weights(best)
    chosen = _best(rows)
    if chosen == options["epochs"]:
        said.append(f"The last epoch ({chosen}) is the best: more epochs may be better still.")
    return Tuned(network, pd.DataFrame(rows), chosen, rows[chosen]["validation"], said)


@dataclass
class _Course:
    """One training, epoch by epoch."""

    network: keras.Model
    training: Side
    validation: Side
    head: Head | None
    options: dict
    primary: str
    seed: int
    clock: Callable[[], float]

    def epochs(self, said: list[str]) -> Iterator[dict]:
        """Yield a row of the history for the start and after each epoch that the budget allows."""
        options, began = self.options, self.clock()
        generator, step = np.random.default_rng(self.seed), self._step()
        classifier.predict(self.network, self.validation.first(1))  # traced before it is timed
        start = (self.head.train, self.training.labels) if self.head else None
        row = self._row(0, "probe" if self.head else "random", start, self.clock())
        yield row
        looked = row["seconds"]
        # an epoch costs at first about three looks an item: forward, and back for two gradients
        expected = looked * (1 + 3 * len(self.training.labels) / len(self.validation.labels))
        ends = began + (options["time_budget"] or math.inf)
        for epoch in range(1, options["epochs"] + 1):
            started = self.clock()
            if started + expected > ends:
                said.append(f"{_BUDGET.format(**options)}: epoch {epoch} was not started.")
                return
            seen = self._pass(step, generator, epoch, ends - looked)
            if seen is None:
                said.append(f"{_BUDGET.format(**options)}: epoch {epoch} was broken off, unused.")
                return
            row = self._row(epoch, "whole", seen, started)
            expected = row["seconds"]
            yield row

    def _row(self, epoch: int, phase: str, seen: tuple | None, started: float) -> dict:
        """Score the validation side, and what was said of the training side, if anything was."""
        loss = train = math.nan
        if seen is not None:
            scores, labels = seen
            loss, train = (
                validation_score.log_loss(labels, scores),
                validation_score.score(self.primary, labels, scores),
            )
        scores = classifier.predict(self.network, self.validation.inputs)
        value = validation_score.score(self.primary, self.validation.labels, scores)
        spent = self.clock() - started
        row = {"epoch": epoch, "phase": phase, "loss": loss, "train": train}
        return row | {"validation": value, "seconds": spent}

    def _pass(self, step, generator: np.random.Generator, epoch: int, ends: float) -> tuple | None:
        """Learn from every item once: scores and labels as they went, or None if it got late."""
        labels = self.training.labels
        weights = class_weights(labels, int(self.network.output.shape[-1]), self.options)
        order = np.array_split(generator.permutation(len(labels)), self._steps())
        logits = []
        for batch in progress.track(order, f"epoch {epoch}, batch"):
            inputs = self.training.take(batch, generator)
            given = (*inputs, labels[batch], weights[labels[batch]])
            logits.append(step(*map(tf.constant, given)).numpy())
            if self.clock() > ends:
                return None
        scores = softmax(np.concatenate(logits).astype(np.float64), axis=1)
        return scores, labels[np.concatenate(order)]

    def _steps(self) -> int:
        return math.ceil(len(self.training.labels) / self.options["batch_size"])

    def _step(self) -> Callable:
        """Make the function that learns from a batch and returns its logits before that."""
        network, total = self.network, self._steps() * self.options["epochs"]
        rate = learning_rate.schedule(self.options, total)
        optimizer = keras.optimizers.Adam(rate)
        optimizer.build(network.trainable_variables)

        @tf.function(reduce_retracing=True)
        def step(*given):
            *inputs, labels, weights = given
            with tf.GradientTape() as tape:
                logits = network(inputs if len(inputs) > 1 else inputs[0], training=True)
                losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
                loss = tf.reduce_mean(losses * weights)
            variables = network.trainable_variables
            optimizer.apply(tape.gradient(loss, variables), variables)
            return logits

        return step


def class_weights(labels: np.ndarray, classes: int, options: dict) -> np.ndarray:
    """Return a weight for each class, float32 [K]: 1, or such that all weigh the same."""
    if options["class_weight"] is None:
        return np.ones(classes, np.float32)
    counts = np.bincount(labels, minlength=classes)
    return (len(labels) / (classes * np.maximum(counts, 1))).astype(np.float32)


def _best(rows: list[dict]) -> int:
    """Return the first epoch of the highest validation score."""
    return int(np.argmax([row["validation"] for row in rows]))
