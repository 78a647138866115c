"""Every metric of a classifier by name, each with its interval."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from helpers.metrics import registry
from helpers.metrics.confusion_intervals import count_intervals
from helpers.metrics.probabilistic import in_top, influence
from helpers.metrics.statistics.intervals import (
    Estimate,
    capped,
    mean_intervals,
    share_interval,
    undefined,
)
from helpers.metrics.statistics.ratio_intervals import share

NO_SCORES = "made elsewhere without scores"
"""Why a metric of scores is undefined where there are none."""


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
        return found | dict.fromkeys(registry.functions("scores", "ranking"), undefined(NO_SCORES))
    labels, scores = np.asarray(labels), np.asarray(scores, dtype=float)
    found = count_intervals(labels, predictions, scores.shape[1], resamples, seed, groups)
    found |= _top(labels, scores, resamples, seed, groups)
    found |= _losses(registry.functions("scores"), labels, scores, resamples, seed, groups)
    rankings = registry.functions("ranking")
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
    """Estimate one metric of counts or of scores, as ``estimates`` does."""
    if not registry.needs_scores(metric):
        classes = classes if scores is None else scores.shape[1]
        options = (resamples, seed, groups, metric)
        return count_intervals(labels, predictions, classes, *options)[metric]
    if scores is None:
        return undefined(NO_SCORES)
    if metric in registry.functions("ranking"):
        return _ranking(metric, labels, scores, groups)
    return _losses([metric], labels, scores, resamples, seed, groups)[metric]


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


def _losses(
    names: Iterable[str],
    labels: NDArray,
    scores: NDArray,
    resamples: int,
    seed: int,
    groups: NDArray | None,
) -> dict[str, Estimate]:
    """Bootstrap the mean of each loss."""
    functions = registry.functions("scores")
    losses = {name: functions[name](labels, scores) for name in names}
    means = mean_intervals(losses, resamples, seed, groups)
    return {name: capped(mean, registry.METRICS[name].highest) for name, mean in means.items()}


def _ranking(name: str, labels: NDArray, scores: NDArray, groups: NDArray | None) -> Estimate:
    seen = np.bincount(labels, minlength=scores.shape[1])
    value, moved = influence(registry.METRICS[name], labels, scores)
    if not np.isfinite(value):
        return undefined("one class in the test items: nothing to rank it against")
    note = f"{(seen == 0).sum()} of {len(seen)} classes without a test item" * bool(min(seen) == 0)
    rarest = np.minimum(seen, len(labels) - seen)
    return share_interval(value, moved, rarest[seen > 0].min(), groups, note)
