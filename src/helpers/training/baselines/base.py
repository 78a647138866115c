"""What several baselines share: a logistic regression on plain features, a choice of C."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import softmax
from threadpoolctl import threadpool_limits

from helpers.core import progress
from helpers.data.dataset import Dataset
from helpers.training import linear_probe, validation_score
from helpers.training.results import AdaptationRequest, BaselineResult

# a data set and positions in it to the features of these items, float [n, D]
Read = Callable[[Dataset, np.ndarray], np.ndarray]
Make = Callable[[Any], np.ndarray]  # of a decoded item


def read_once(
    request: AdaptationRequest, dataset: Dataset, rows: np.ndarray, make: Make, what: str
) -> np.ndarray:
    """Stack what is made of items, once for all fits of a cross-validation: no label decides it."""
    keys = [(dataset.digest, name) for name in dataset.frame["id"].to_numpy()[rows]]
    for row, key in progress.track(zip(rows, keys, strict=True), what, len(rows)):
        if key not in request.memory:
            request.memory[key] = make(dataset.example(int(row)))
    return np.stack([request.memory[key] for key in keys])


def linear(
    request: AdaptationRequest, values: np.ndarray, read: Read, reads: dict[str, Any]
) -> BaselineResult:
    """Fit a logistic regression on plain features, as a probe is on a network's.

    ``values`` [N, D] are filled in for train and validation; ``read`` reads the features of other
    items, and ``reads`` says in words what the model reads.
    """
    options, splits = request.options, request.splits
    probe = linear_probe.fit(values, splits, options["regularisation"], options["class_weight"])
    return BaselineResult(
        value=probe.value,
        validation=probe.trained.scores(values[splits.validation]),
        scores=lambda dataset, positions: probe.final.scores(read(dataset, positions)),
        parameters=probe.final.weights.size + probe.final.bias.size,
        chosen={"C": probe.regularisation},
        backbone=reads,
        grid=probe.grid,
        warnings=probe.warnings,
    )


@dataclass(frozen=True)
class Fit:
    """A classifier of scikit-learn, and a temperature for its decision values [N, K]."""

    model: Any
    classes: int
    temperature: float = 1.0

    def scores(self, values: Any) -> np.ndarray:
        """Return probabilities, float64 [N, K]."""
        decisions = decision_values(self.model, values, self.classes)
        return softmax(decisions / self.temperature, axis=1)

    def again(self, model: Any, values: Any, labels: np.ndarray) -> "Fit":
        """Fit a model on one core: sums are so short that more cores would only wait."""
        with threadpool_limits(1):
            return replace(self, model=model.fit(values, labels))


def choose(
    request: AdaptationRequest, make: Callable[[float], Any], train: Any, validation: Any
) -> tuple[Fit, dict[str, Any]]:
    """Fit ``make(C)`` on train at every C; return the best on validation, and fields of a result.

    The temperature of a model without probabilities is chosen on validation too.
    """
    s, regularisations = request.splits, sorted(request.options["regularisation"])
    labels, rows, fits = s.labels[s.validation], [], []
    for c in progress.track(regularisations, "regularisations"):
        fit = Fit(None, s.classes).again(make(c), train, s.labels[s.train])
        if not hasattr(fit.model, "predict_proba"):
            decisions = decision_values(fit.model, validation, s.classes)
            fit = replace(fit, temperature=best_temperature(decisions, labels))
        scores = fit.scores(validation)
        rows.append(validation_score.grid_row(c, s.primary, labels, scores))
        fits.append((fit, scores))
    grid = pd.DataFrame(rows)
    best = validation_score.best_row(grid)
    (fit, scores), chosen = fits[best], float(grid.loc[best, "parameter"])
    return fit, {
        "value": float(grid.loc[best, "validation"]),
        "validation": scores,
        "chosen": {"C": chosen, "temperature": fit.temperature},
        "grid": grid,
        "warnings": linear_probe.edge(chosen, regularisations),
    }


def decision_values(model: Any, values: np.ndarray, classes: int) -> np.ndarray:
    """Return decision values [N, K]; a class without a training item gets a very low one."""
    raw = model.decision_function(values)
    raw = np.stack([-raw, raw], axis=1) / 2 if raw.ndim == 1 else raw
    decisions = np.full((len(raw), classes), raw.min() - 10.0)
    decisions[:, model.classes_] = raw
    return decisions


def best_temperature(decisions: np.ndarray, labels: np.ndarray) -> float:
    """Find the temperature of least log loss, between 1/1000 and 100.

    A softmax at one temperature keeps the order of the classes (Guo et al., ICML 2017,
    arXiv:1706.04599).
    """

    def loss(power: float) -> float:
        return validation_score.log_loss(labels, softmax(decisions / 10**power, axis=1))

    return float(10 ** minimize_scalar(loss, bounds=(-3, 2), method="bounded").x)
