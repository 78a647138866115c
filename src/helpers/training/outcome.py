"""What is to be trained, and what training gives, whatever the way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from helpers.data.dataset import Dataset


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
