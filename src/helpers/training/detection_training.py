"""Epochs of training a detector; the one with the least loss on validation is kept."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras.optimizers import schedules

from helpers.core import progress
from helpers.training import detection_network

BATCH = 16  # images of a batch that is not learned from


@dataclass(frozen=True)
class Examples:
    """What a network reads of a split, one or several arrays, and what it is to say of it."""

    inputs: Sequence[np.ndarray]
    wanted: np.ndarray

    def take(self, rows: np.ndarray) -> list[tf.Tensor]:
        """Return some rows: first what is wanted of them, then the inputs."""
        return [tf.constant(each[rows]) for each in (self.wanted, *self.inputs)]


@dataclass
class Run:
    """One training of one or two phases, with a history of its epochs in the columns of HISTORY."""

    budget: float | None  # seconds
    seed: int
    clock: Callable[[], float]
    history: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start the clock."""
        self.ends = self.clock() + (self.budget or math.inf)

    def train(
        self,
        network: keras.Model,
        splits: tuple[Examples, Examples],
        options: dict[str, Any],
        phase: str,
    ) -> int:
        """Train on the first split; keep and return the epoch that is best on the second one.

        The state before the first epoch counts as one; epochs go on counting from those before.
        """
        (train, validation), epochs = splits, options["epochs"]
        steps = math.ceil(len(train.wanted) / options["batch_size"])
        rate = schedules.CosineDecay(options["rate"], epochs * steps)
        step = detection_network.stepping(network, rate)
        generator, first = np.random.default_rng(self.seed), len(self.history)
        best, kept, took = first, network.get_weights(), 0.0
        for epoch in range(first, first + epochs + 1):
            began, learned = self.clock(), math.nan
            if epoch > first:
                rows = np.array_split(generator.permutation(len(train.wanted)), steps)
                learned = self._pass(step, train, rows, f"{phase}: epoch {epoch}, batch", took)
                if not math.isfinite(learned):
                    late = f"time_budget: {self.budget or 0:g} s: epoch {epoch} is missing."
                    high = f"The loss of epoch {epoch} is no number: a smaller rate may do."
                    self.warnings.append(late if math.isinf(learned) else high)
                    break
            loss, took = _loss(network, validation), self.clock() - began
            self.history.append(
                {"epoch": epoch, "phase": phase, "loss": learned}
                | {"train": -learned, "validation": -loss, "seconds": took}
            )
            if loss < -self.history[best]["validation"]:
                best, kept = epoch, network.get_weights()
            if epoch - best >= options["patience"]:
                break
        network.set_weights(kept)
        if best == first + epochs:
            self.warnings.append(f"The last epoch ({best}) is the best: more may be better still.")
        return best

    def _pass(
        self,
        step: Callable[..., Any],
        split: Examples,
        order: Sequence[np.ndarray],
        what: str,
        took: float,
    ) -> float:
        """Learn from every image once; return the mean loss, infinite if time runs out."""
        found: list[float] = []
        if self.clock() + took > self.ends:
            return math.inf
        for rows in progress.track(order, what):
            found.append(float(step(*split.take(rows))))
            if self.clock() > self.ends:
                return math.inf
        return float(np.mean(found))


def _loss(network: keras.Model, split: Examples) -> float:
    """Return the mean loss of a split's batches, which are the same in every epoch."""
    inputs = list(split.inputs) if len(split.inputs) > 1 else split.inputs[0]
    found = network.predict(inputs, batch_size=BATCH, verbose=0)
    return float(detection_network.losses(tf.constant(found), tf.constant(split.wanted)))
