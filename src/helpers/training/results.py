"""What is to be trained, and what each kind of training gives."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from helpers.core.formatting import counted
from helpers.data.dataset import Dataset
from helpers.models.inference import devices
from helpers.training.labelled_splits import LabelledSplits, labelled_splits

# a data set and positions in it to the probabilities of these items, float [n, K]
Scorer = Callable[[Dataset, np.ndarray], np.ndarray]


def precision_effect(ours: np.ndarray, exact: np.ndarray) -> str:
    """Say how probabilities [S, K] differ from those in single precision."""
    changed = counted(int((ours.argmax(axis=1) != exact.argmax(axis=1)).sum()), "answer")
    return (
        f"run in {devices.precision()}: on {len(ours)} items probabilities differ from those in "
        f"{devices.EXACT} by {np.abs(ours - exact).max():.2g} at most, which changes {changed}."
    )


@dataclass(frozen=True)
class AdaptationRequest:
    """Which model to train on which data, and the metric on validation that chooses."""

    dataset: Dataset
    model: str
    options: dict[str, Any]  # those of the adaptation, all of them
    primary: str
    seed: int
    threads: int | None = None  # all cores; their number changes TensorFlow's last digits
    memory: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)  # see ``read_once``

    @cached_property
    def splits(self) -> LabelledSplits:
        """The train and validation splits, neither of them empty."""
        return labelled_splits(self.dataset, self.primary)

    @property
    def size(self) -> int | None:
        """The requested size of items: pixels per side, or tokens."""
        return self.options.get("image_size") or self.options.get("max_tokens")


@dataclass(frozen=True, kw_only=True)
class _Result:
    """What every adaptation gives; the tables may be empty.

    ``value`` is the primary metric on validation, negated if lower is better, NaN if unknown.
    ``backbone`` says what the model is and reads. ``grid`` has the columns parameter, validation
    and log_loss, ``history`` epoch, phase, loss, train, validation and seconds.
    """

    value: float
    backbone: dict[str, Any] = field(default_factory=dict)
    chosen: dict[str, int | float | None] = field(default_factory=dict)
    grid: pd.DataFrame = field(default_factory=pd.DataFrame)
    history: pd.DataFrame = field(default_factory=pd.DataFrame)
    doubts: list[str] = field(default_factory=list)  # why predictions may not be what they seem
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ExternalResult(_Result):
    """Predictions from a file: ``table`` has the columns of predictions.parquet."""

    table: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class TrainingResult(_Result):
    """A model that was fitted here.

    ``validation`` are the scores [V, K] of the validation split by a fit that has not seen it;
    ``scores`` gives those of any items of the same classes. ``fit_seconds`` includes the features
    of the items learned from, ``item_seconds`` is the time per item spent before ``scores`` runs.
    """

    validation: np.ndarray
    scores: Scorer
    parameters: int
    fit_seconds: float = 0.0
    item_seconds: float = 0.0
    gflops: float | None = None
    engine: str | None = None


@dataclass(frozen=True, kw_only=True)
class BaselineResult(TrainingResult):
    """A baseline; ``reasons`` names the words behind a class at some positions, if it can."""

    reasons: Callable[[np.ndarray, np.ndarray], list[str]] | None = None


@dataclass(frozen=True, kw_only=True)
class NetworkResult(TrainingResult):
    """A network whose weights were trained: ``network`` is a keras.Model from items to logits."""

    network: Any


AdaptationResult = TrainingResult | ExternalResult
