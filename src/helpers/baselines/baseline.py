"""What fitting a plain baseline gives."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from helpers.dataset import Dataset


@dataclass(frozen=True)
class Baseline:
    """A fitted baseline.

    ``path`` has the columns parameter, validation and log_loss, empty where nothing is chosen;
    ``validation`` are scores of the validation side [V, K] by the fit on train alone; ``scores_of``
    gives those of any data set's items at some positions, by the fit on both. ``expects`` says
    what the model reads; ``reasons`` names what spoke for a class at some positions, if it can.
    """

    path: pd.DataFrame
    chosen: dict[str, float]
    value: float
    validation: np.ndarray
    scores_of: Callable[[Dataset, np.ndarray], np.ndarray]
    parameters: int
    warnings: list[str]
    expects: dict[str, Any] = field(default_factory=dict)
    reasons: Callable[[np.ndarray, np.ndarray], list[str]] | None = None
