"""Intervals of how well classes are ranked: areas and precisions that few positives decide."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri, stdtrit

from helpers.metrics.metric import Metric
from helpers.metrics.probabilistic import class_influences, roc_auc
from helpers.metrics.statistics.bootstrap import DEFAULT, Resampling
from helpers.metrics.statistics.intervals import (
    LEAST_UNITS,
    NO_WIDTH,
    TAILS,
    Estimate,
    few_groups,
    undefined,
    wilson,
)

_HALVINGS = 40  # of the range in which a limit of the area is sought
_NONE = 1e-12  # an error as small comes from rounding


def ranking_interval(
    metric: Metric,
    labels: NDArray,
    scores: NDArray,
    resampling: Resampling = DEFAULT,
) -> Estimate:
    """Estimate a ranking averaged over classes, from labels [N] and scores [N, K].

    Each class has half-widths of its own. The ROC area takes the wider of DeLong's (1988) on the
    logit scale and of Newcombe's method 5 (2006), which holds with a handful of positives; average
    precision takes the jackknife's on the logit scale, with Student's t for as many positives.
    They add up as the items' influences do, each class's stretched to its half-width; with groups,
    the influences of whole groups.
    """
    classes, values, moved = class_influences(metric, labels, scores)
    if not len(classes):
        return undefined("all test items are of one class")
    summed, value = resampling.sums(moved.T) / len(labels), float(values.mean())
    units, grouped = len(summed), resampling.groups is not None
    if grouped and units < LEAST_UNITS:
        return undefined(f"only {units} groups: too few to resample", value)
    error = np.sqrt((summed**2).sum(axis=0) * units / max(units - 1, 1))
    own = resampling.sums(labels[:, None] == classes)
    sizes = np.array([(own > 0).sum(axis=0), (own < 1).sum(axis=0)])  # units with items of a class
    if metric.function is roc_auc:
        name, items = "Newcombe's method 5 and DeLong", np.array([own.sum(axis=0)] * 2)
        items[1] = len(labels) - items[0]
        # Newcombe's takes items for independent; where no unit differs, units stand for items.
        sizes = np.where(error > _NONE, items, np.maximum(sizes, 1))
        half = _of_area(values, error, sizes, units if grouped else np.inf)
    else:
        name, half = "jackknife and t, logit scale", _of_precision(values, error, sizes[0])
    # What each unit adds to the lower and the upper half-width, [2, U].
    varies = error > _NONE
    added = half[:, varies] / error[varies] @ summed[:, varies].T
    square = (added**2).sum(axis=1) * units / max(units - 1, 1)
    below, above = np.sqrt(square + half[:, ~varies].sum(axis=1) ** 2) / len(classes)
    if below + above < NO_WIDTH:
        return undefined("its classes differ by what the others do: nothing to resample", value)
    absent = int((np.bincount(labels, minlength=scores.shape[1]) == 0).sum())
    note = f"{absent} of {scores.shape[1]} classes without a test item" * bool(absent)
    notes = "; ".join(filter(None, [note, few_groups(units) if grouped else ""]))
    low, high = max(0.0, value - float(below)), min(1.0, value + float(above))
    return Estimate(value, low, high, name + ", by group" * grouped, notes)


def _logit(values: NDArray, reach: NDArray) -> NDArray[np.float64]:
    """Half-widths below and above [2, C] of errors on the logit scale; 0 at 0 and 1."""
    inside = (values > 0) & (values < 1)
    centre = np.where(inside, values, 0.5)
    away = reach / (centre * (1 - centre))
    limits = np.array([centre - expit(logit(centre) - away), expit(logit(centre) + away) - centre])
    return np.where(inside, limits, 0.0)


def _of_area(values: NDArray, error: NDArray, sizes: NDArray, units: float) -> NDArray[np.float64]:
    """Half-widths [2, C] of areas, from the items of a class and of the others, [2, C]."""
    limits = np.array([_newcombe(values, sizes[0], sizes[1], end) for end in (0.0, 1.0)])
    return np.maximum(_logit(values, stdtrit(units - 1, TAILS[1]) * error), abs(limits - values))


def _of_precision(values: NDArray, error: NDArray, positives: NDArray) -> NDArray[np.float64]:
    """Half-widths [2, C] of average precisions; where nothing varies, those of a proportion."""
    half = _logit(values, stdtrit(np.maximum(positives - 1, 1), TAILS[1]) * error)
    for k in np.flatnonzero((half.max(axis=0) < _NONE) | (positives < 2)):
        alone = wilson(values[k] * positives[k], positives[k])
        half[:, k] = np.maximum(half[:, k], [values[k] - alone.low, alone.high - values[k]])
    return half


def _newcombe(
    values: NDArray, positives: NDArray, rest: NDArray, end: float
) -> NDArray[np.float64]:
    """Limits of areas [C] towards an ``end``: what is true if chance reaches just this far."""
    inner, outer, mean = values, np.full(len(values), end), (positives + rest) / 2
    for _ in range(_HALVINGS):
        middle = (inner + outer) / 2
        same = (1 - middle) / (2 - middle) + middle / (1 + middle)
        variance = middle * (1 - middle) * (1 + (mean - 1) * same) / (positives * rest)
        reached = (values - middle) ** 2 <= ndtri(TAILS[1]) ** 2 * variance
        inner, outer = np.where(reached, middle, inner), np.where(reached, outer, middle)
    return outer
