"""Every metric of a classifier by name, each with its interval."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from helpers.metrics.confusion_intervals import count_intervals
from helpers.metrics.confusion_matrix import COUNT_METRICS
from helpers.metrics.probabilistic import (
    average_precision,
    brier_losses,
    in_top,
    log_losses,
    roc_auc,
)
from helpers.metrics.statistics.intervals import Estimate, mean_intervals, share_interval, undefined
from helpers.metrics.statistics.ratio_intervals import share

NO_SCORES = "made elsewhere without scores"
"""Why a metric of scores is undefined where there are none."""

LOSSES = {"log-loss": log_losses, "brier-score": brier_losses}

Influence = tuple[float, NDArray[np.float64]]


def _mean(losses: NDArray) -> Influence:
    value = float(np.mean(losses))
    return value, losses - value


def _over_classes(one: Callable[[NDArray, NDArray], Influence]) -> Callable[..., Influence]:
    """Average a metric of one class against the rest over the classes where it is defined."""

    def average(labels: NDArray, scores: NDArray) -> Influence:
        seen = np.bincount(labels, minlength=scores.shape[1])
        defined = np.flatnonzero((seen > 0) & (seen < len(labels)))
        if not len(defined):
            return np.nan, np.full(len(labels), np.nan)
        parts = [one(labels == k, scores[:, k]) for k in defined]
        return float(np.mean([value for value, _ in parts])), np.mean([f for _, f in parts], axis=0)

    return average


SCORE_METRICS: dict[str, Callable[[NDArray, NDArray], Influence]] = {
    "log-loss": lambda labels, scores: _mean(log_losses(labels, scores)),
    "brier-score": lambda labels, scores: _mean(brier_losses(labels, scores)),
    "roc-auc": _over_classes(roc_auc),
    "average-precision": _over_classes(average_precision),
}
"""Metrics of labels [N] and scores [N, K]: each returns its value and each item's influence [N]."""


def estimates(
    labels: NDArray,
    predictions: NDArray,
    scores: NDArray | None,
    resamples: int = 2000,
    seed: int = 0,
    groups: NDArray | None = None,
    classes: int | None = None,
) -> dict[str, Estimate]:
    """Estimate every metric; calibration has a module of its own.

    Parameters
    ----------
    labels, predictions
        Class codes, int [N], N > 0.
    scores
        Probabilities, float [N, K]; without them (None) their metrics are undefined.
    resamples, seed
        Of the bootstrap; the same seed gives the same bytes.
    groups
        Of items that are not independent [N]; whole groups are drawn then.
    classes
        How many there are, where there are no scores to tell.

    Returns
    -------
    dict
        Metric names in lower-case with dashes; an undefined one has NaN and a note.
    """
    if scores is None:
        found = count_intervals(labels, predictions, classes, resamples, seed, groups)
        return found | {name: undefined(NO_SCORES) for name in SCORE_METRICS}
    labels, scores = np.asarray(labels), np.asarray(scores, dtype=float)
    found = count_intervals(labels, predictions, scores.shape[1], resamples, seed, groups)
    found |= _top(labels, scores, resamples, seed, groups)
    losses = {name: loss(labels, scores) for name, loss in LOSSES.items()}
    found |= mean_intervals(losses, resamples, seed, groups)
    rankings = ("roc-auc", "average-precision")
    return found | {name: _ranking(name, labels, scores, groups) for name in rankings}


def estimate(
    metric: str,
    labels: NDArray,
    predictions: NDArray,
    scores: NDArray | None,
    resamples: int = 2000,
    seed: int = 0,
    groups: NDArray | None = None,
    classes: int | None = None,
) -> Estimate:
    """Estimate one metric of ``COUNT_METRICS`` or ``SCORE_METRICS``, as ``estimates`` does."""
    if metric in COUNT_METRICS:
        classes = classes if scores is None else scores.shape[1]
        options = (resamples, seed, groups, metric)
        return count_intervals(labels, predictions, classes, *options)[metric]
    if scores is None:
        return undefined(NO_SCORES)
    if metric in LOSSES:
        losses = {metric: LOSSES[metric](labels, scores)}
        return mean_intervals(losses, resamples, seed, groups)[metric]
    return _ranking(metric, labels, scores, groups)


def _top(
    labels: NDArray, scores: NDArray, resamples: int, seed: int, groups: NDArray | None
) -> dict[str, Estimate]:
    """Top-5 accuracy, or top-2 where there are few classes; nothing for two classes."""
    classes = scores.shape[1]
    if classes < 3:
        return {}
    k = 5 if classes >= 10 else 2
    found = in_top(labels, scores, k)
    return {f"top-{k}-accuracy": share(found, resamples, seed, groups)}


def _ranking(name: str, labels: NDArray, scores: NDArray, groups: NDArray | None) -> Estimate:
    seen = np.bincount(labels, minlength=scores.shape[1])
    value, influence = SCORE_METRICS[name](labels, scores)
    if not np.isfinite(value):
        return undefined("one class in the test items: nothing to rank it against")
    note = f"{(seen == 0).sum()} of {len(seen)} classes without a test item" * bool(min(seen) == 0)
    rarest = np.minimum(seen, len(labels) - seen)
    return share_interval(value, influence, rarest[seen > 0].min(), groups, note)
