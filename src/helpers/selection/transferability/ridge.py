"""A ridge probe: least squares on one-hot labels, with the penalty of least leave-one-out error.

One eigendecomposition gives the whole path, and the error of every item by the fit without it
(Golub, Heath and Wahba, Technometrics 1979), so no split is held out to choose the penalty.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helpers.selection.transferability.spectrum import decompose

PENALTIES = tuple(10.0 ** np.linspace(-2, 6, 33))
LEAST = 1e-6  # lower bound of a fitted value when it is read as a probability
ALONE = 1e-10  # lower bound of what the other items leave open of an item's own fit


@dataclass(frozen=True)
class Ridge:
    """A fitted ridge probe: ``(x - mean) / scale @ weights + bias``.

    ``errors`` [P] are the mean squared leave-one-out errors at ``penalties`` [P], and ``left_out``
    [N, K] the fitted values of each item by the fit without it, at the chosen ``penalty``.
    """

    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    penalty: float
    penalties: np.ndarray
    errors: np.ndarray
    left_out: np.ndarray

    def values(self, features: np.ndarray) -> np.ndarray:
        """Return the fitted values of features [N, D]: float64 [N, K], each row sums to one."""
        return (features.astype(np.float64) - self.mean) / self.scale @ self.weights + self.bias

    def scores(self, features: np.ndarray) -> np.ndarray:
        """Return the fitted values as probabilities: float64 [N, K]."""
        clipped = np.maximum(self.values(features), LEAST)
        return clipped / clipped.sum(axis=1, keepdims=True)


def fit(
    features: np.ndarray, labels: np.ndarray, classes: int, penalties: Sequence[float] = PENALTIES
) -> Ridge:
    """Fit the path and choose the penalty of least leave-one-out error; ties take the larger one.

    Takes features float [N, D] of at least two items, standardised here (a constant one gets no
    weight), and class codes int [N]; classes may be absent. Penalties, above 0, are on the squared
    weights of the standardised features.
    """
    features = features.astype(np.float64)
    mean, scale = features.mean(axis=0), _spread(features)
    targets = np.eye(classes)[labels]
    centre = targets.mean(axis=0)
    spectrum = decompose((features - mean) / scale)
    inside = spectrum.left.T @ (targets - centre)
    outside = targets - centre - spectrum.left @ inside
    squares = spectrum.left**2
    free = np.maximum(1 - 1 / len(targets) - squares.sum(axis=1), 0)  # per item, past the span
    descending = np.sort(np.asarray(penalties, np.float64))[::-1]
    errors, best, left_out = np.empty(len(descending)), 0, targets
    for step, penalty in enumerate(descending):
        shrinkage = penalty / (spectrum.values + penalty)
        leverage_left = np.maximum(free + squares @ shrinkage, ALONE)
        fitted = spectrum.left @ (shrinkage[:, None] * inside)
        residuals = (outside + fitted) / leverage_left[:, None]
        errors[step] = np.mean(residuals**2)
        if step == 0 or errors[step] < errors[best]:
            best, left_out = step, targets - residuals
    penalty = float(descending[best])
    shrunk = np.sqrt(spectrum.values) / (spectrum.values + penalty)
    weights = spectrum.right @ (shrunk[:, None] * inside)
    return Ridge(mean, scale, weights, centre, penalty, descending[::-1], errors[::-1], left_out)


def _spread(features: np.ndarray) -> np.ndarray:
    """Return the standard deviation of each feature, 1 where it is constant."""
    spread = features.std(axis=0)
    size = np.maximum(np.abs(features).max(axis=0), np.finfo(float).tiny)
    return np.where(spread > 1e-9 * size, spread, 1.0)
