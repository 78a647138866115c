"""A linear probe: multinomial logistic regression on frozen features, regularisation chosen.

The path of solutions runs from strong regularisation to weak, each started from the one before,
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
from helpers.training.labelled_splits import LabelledSplits

ITERATIONS = 1000
WORSE = 2  # worse solutions in a row after which the path ends
NEVER = -30.0  # bias of a class without a training item


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
class Probe:
    """A linear probe with the regularisation that validation chose.

    ``grid`` has the columns parameter, validation and log_loss, a row for each C tried; ``trained``
    was fitted on train alone, ``final`` at the same C on train and validation.
    """

    grid: pd.DataFrame
    regularisation: float
    value: float
    trained: Linear
    final: Linear
    warnings: list[str]


@threadpool_limits.wrap(limits=1)  # two threads would wait for each other
def fit(
    features: np.ndarray,
    splits: LabelledSplits,
    regularisations: Sequence[float],
    class_weight: str | None = None,
) -> Probe:
    """Choose C on validation by the primary metric, ties by log loss; fit again on both splits.

    Takes features float [N, D] of all items. ``regularisations`` are values of C, the inverse
    strength of the penalty on the squared weights; ``class_weight`` "balanced" lets each class
    weigh the same. A UserError says that there are fewer than two classes to train on.
    """
    train, validation, labels = splits.train, splits.validation, splits.labels
    model = LogisticRegression(max_iter=ITERATIONS, warm_start=True, class_weight=class_weight)
    rows, fits = list[dict[str, float]](), []
    stuck, best, worse = list[str](), -np.inf, 0
    for c in progress.track(sorted(regularisations), "probe", len(regularisations)):
        linear, converged = _fit(model, c, features[train], labels[train], splits.classes)
        scores = linear.scores(features[validation])
        rows.append(validation_score.grid_row(c, splits.primary, labels[validation], scores))
        fits.append((linear, copy.copy(model)))  # the next fit changes the model
        stuck += [] if converged else [f"{c:g}"]
        value = rows[-1]["validation"]
        best, worse = max(best, value), worse + 1 if value < best else 0
        if worse == WORSE:
            break
    grid = pd.DataFrame(rows)
    row = validation_score.best_row(grid)
    chosen, (trained, model), both = grid["parameter"].to_numpy()[row], fits[row], splits.both
    # chosen is NumPy's float: with Python's, scikit-learn fits in single precision throughout
    final, _ = _fit(model, chosen, features[both], labels[both], splits.classes)
    warnings = edge(chosen, regularisations)
    if stuck:
        warnings.append(f"Not converged after {ITERATIONS} iterations at C = {', '.join(stuck)}.")
    return Probe(grid, float(chosen), float(grid.loc[row, "validation"]), trained, final, warnings)


def _fit(
    model: LogisticRegression, value: float, features: np.ndarray, labels: np.ndarray, classes: int
) -> tuple[Linear, bool]:
    """Standardise on these items, fit from the model's last solution, and tell if it converged."""
    present = np.unique(labels)
    if len(present) < 2:
        raise UserError("a probe needs training items of at least two classes; there is one")
    if not np.array_equal(present, getattr(model, "classes_", present)):
        model = clone(model)  # its weights belong to other classes
    features = features.astype(np.float64)
    mean, scale = features.mean(axis=0), _spread(features)
    standard = ((features - mean) / scale).astype(np.float32)  # half the memory traffic
    with warnings.catch_warnings():
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
    """Return the standard deviation of each feature, or the median one if that is larger.

    A feature that hardly varies would otherwise get so large a weight on its raw values that
    fine-tuning would first destroy it.
    """
    spread = features.std(axis=0)
    moving = spread > 1e-9 * max(1.0, float(spread.max()))
    floor = float(np.median(spread[moving])) if moving.any() else 1.0
    return np.maximum(spread, floor)


def edge(chosen: float, grid: Sequence[float]) -> list[str]:
    """Warn if a value outside the grid might be better still."""
    if len(grid) < 2 or min(grid) < chosen < max(grid):
        return []
    end, more = ("smallest", "smaller") if chosen == min(grid) else ("largest", "larger")
    return [f"C = {chosen:g} is the {end} of the grid: a {more} one may be better still."]
