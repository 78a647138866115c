"""A linear probe: multinomial logistic regression on frozen features, its strength chosen.

The path of solutions goes from strong regularisation to weak, each started from the one before,
and ends after two that are worse on validation (Alain and Bengio, 2016, arXiv:1610.01644).
"""

import copy
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import softmax
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from helpers.core import progress
from helpers.core.errors import UserError
from helpers.training import validation_score

ITERATIONS = 1000
WORSE = 2
"""After how many worse solutions in a row the path ends."""
NEVER = -30.0
"""Bias of a class without a training item."""


@dataclass(frozen=True)
class Linear:
    """Logits ``(x - mean) / scale @ weights + bias``: [D], [D], [D, K] and [K]."""

    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    def scores(self, features: np.ndarray) -> np.ndarray:
        """Return the probabilities of features [N, D]: float64 [N, K]."""
        standard = (features.astype(np.float64) - self.mean) / self.scale
        return softmax(standard @ self.weights + self.bias, axis=1)

    def folded(self) -> tuple[np.ndarray, np.ndarray]:
        """Return weights [D, K] and bias [K] for raw features, the standardisation folded in."""
        weights = self.weights / self.scale[:, None]
        return weights, self.bias - self.mean @ weights


@dataclass(frozen=True)
class Choice:
    """What validation chose.

    ``path`` has the columns parameter, validation and log_loss, a row for each C tried; ``trained``
    was fitted on train alone, ``final`` at the same C on train and validation.
    """

    path: pd.DataFrame
    regularisation: float
    value: float
    trained: Linear
    final: Linear
    warnings: list[str]


def fit(
    features: np.ndarray,
    labels: np.ndarray,
    train: np.ndarray,
    validation: np.ndarray,
    classes: int,
    grid: Sequence[float],
    primary: str,
    class_weight: str | None = None,
) -> Choice:
    """Choose C on validation, then fit again on train and validation.

    Parameters
    ----------
    features : ndarray
        float [N, D].
    labels : ndarray
        Class codes, int [N].
    train, validation : ndarray
        Positions of the two sides, int.
    classes : int
        How many classes there are.
    grid : sequence of float
        Values of C, the inverse strength of the penalty on the squared weights.
    primary : str
        The metric that chooses; log loss decides between equals.
    class_weight : {None, "balanced"}
        Whether each class weighs the same.

    Raises
    ------
    UserError
        Fewer than two classes to train on.
    """
    path = list(_path(features, labels, train, validation, classes, grid, primary, class_weight))
    rows = pd.DataFrame([row for row, _, _ in path])
    best = validation_score.best(rows)
    chosen, value = rows.loc[best, "parameter"], rows.loc[best, "validation"]
    both = np.concatenate([train, validation])
    _, trained, model = path[best]
    final, _ = _fit(model, chosen, features[both], labels[both], classes)
    said = edge(chosen, grid)
    if stuck := [row["parameter"] for row, _, _ in path if not row["converged"]]:
        tried = ", ".join(f"{each:g}" for each in stuck)
        said.append(f"Not converged after {ITERATIONS} iterations at C = {tried}.")
    path_frame = rows.drop(columns="converged")
    return Choice(path_frame, float(chosen), float(value), trained, final, said)


def _path(features, labels, train, validation, classes, grid, primary, class_weight):
    """Yield each row of the path with its solution, and the model as it stood there."""
    model = LogisticRegression(max_iter=ITERATIONS, warm_start=True, class_weight=class_weight)
    best, worse = -np.inf, 0
    for value in progress.track(sorted(grid), "probe", len(grid)):
        linear, converged = _fit(model, value, features[train], labels[train], classes)
        scores = linear.scores(features[validation])
        row = validation_score.tried(value, primary, labels[validation], scores)
        yield row | {"converged": converged}, linear, copy.copy(model)
        worse = worse + 1 if row["validation"] < best else 0
        best = max(best, row["validation"])
        if worse == WORSE:
            return


def _fit(
    model: LogisticRegression, value: float, features: np.ndarray, labels: np.ndarray, classes: int
) -> tuple[Linear, bool]:
    """Standardise on these items, fit from where the model stands, and say if it converged."""
    known = np.unique(labels)
    if len(known) < 2:
        raise UserError("a probe needs training items of two classes at least; there is one")
    if not np.array_equal(known, getattr(model, "classes_", known)):
        model = clone(model)  # it stands nowhere yet
    features = features.astype(np.float64)
    mean, scale = features.mean(axis=0), _spread(features)
    standard = ((features - mean) / scale).astype(np.float32)  # half the memory to go through
    with threadpool_limits(1), warnings.catch_warnings():  # two cores wait for each other here
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.set_params(C=value).fit(standard, labels)
    weights, bias = np.zeros((len(mean), classes)), np.full(classes, NEVER)
    if len(model.classes_) == 2:  # scikit-learn keeps the difference of the two
        weights[:, model.classes_] = np.stack([-model.coef_[0], model.coef_[0]], axis=1) / 2
        bias[model.classes_] = np.stack([-model.intercept_[0], model.intercept_[0]]) / 2
    else:
        weights[:, model.classes_], bias[model.classes_] = model.coef_.T, model.intercept_
    return Linear(mean, scale, weights, bias), int(model.n_iter_.max()) < ITERATIONS


def _spread(features: np.ndarray) -> np.ndarray:
    """Return what to divide each feature by: its spread, or the median spread if it is less.

    A feature that hardly moves would otherwise be blown up: its weight on the raw feature becomes
    so large that fine-tuning from there starts by tearing it down.
    """
    spread = features.std(axis=0)
    moving = spread > 1e-9 * max(1.0, float(spread.max()))
    floor = float(np.median(spread[moving])) if moving.any() else 1.0
    return np.maximum(spread, floor)


def edge(chosen: float, grid: Sequence[float]) -> list[str]:
    """Warn where a value outside the grid might be better still."""
    if len(grid) < 2 or min(grid) < chosen < max(grid):
        return []
    side, more = ("smallest", "smaller") if chosen == min(grid) else ("largest", "larger")
    return [f"C = {chosen:g} is the {side} of the grid: a {more} one may be better still."]
