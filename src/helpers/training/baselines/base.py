"""What fitting a plain baseline gives, and the one that several have in common."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from helpers.data.dataset import Dataset
from helpers.training import linear_probe


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


def linear(
    dataset: Dataset,
    train: np.ndarray,
    validation: np.ndarray,
    primary: str,
    options: dict[str, Any],
    values: np.ndarray,
    read: Callable[[Dataset, np.ndarray], np.ndarray],
    expects: dict[str, Any],
) -> Baseline:
    """Fit a logistic regression on plain features, as a probe is on a network's.

    Parameters
    ----------
    dataset : Dataset
    train, validation : ndarray
        Positions of the two sides, int.
    primary : str
        The metric that chooses the regularisation.
    options : dict
        regularisation and class_weight.
    values : ndarray
        Features float [N, D], those of the two sides filled in.
    read : callable
        A data set and positions to features.
    expects : dict
        What the model reads, in words.
    """
    labels, classes, grid = dataset.labels, len(dataset.classes), options["regularisation"]
    choice = linear_probe.fit(
        values, labels, train, validation, classes, grid, primary, options["class_weight"]
    )
    return Baseline(
        choice.path,
        {"C": choice.regularisation},
        choice.value,
        choice.trained.scores(values[validation]),
        lambda other, positions: choice.final.scores(read(other, positions)),
        choice.final.weights.size + choice.final.bias.size,
        choice.warnings,
        expects,
    )
