"""Decision values of a support vector machine, and the temperature that makes them probabilities.

A softmax at one temperature, fitted on validation, keeps the order of the classes (Guo et al., ICML
2017, arXiv:1706.04599).
"""

from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import softmax

from helpers.training import validation_score


def of_classes(model: Any, values: np.ndarray, classes: int) -> np.ndarray:
    """Return decision values [N, K]; a class without a training item gets a very low one."""
    raw = model.decision_function(values)
    raw = np.stack([-raw, raw], axis=1) / 2 if raw.ndim == 1 else raw
    decisions = np.full((len(raw), classes), raw.min() - 10.0)
    decisions[:, model.classes_] = raw
    return decisions


def temperature(decisions: np.ndarray, labels: np.ndarray) -> float:
    """Find the temperature of least log loss, between 1/1000 and 100."""

    def loss(power: float) -> float:
        return validation_score.log_loss(labels, softmax(decisions / 10**power, axis=1))

    return float(10 ** minimize_scalar(loss, bounds=(-3, 2), method="bounded").x)
