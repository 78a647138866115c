"""Every metric of a classifier by name, each with its interval."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from helpers.metrics import registry
from helpers.metrics.confusion_intervals import count_intervals, share
from helpers.metrics.probabilistic import in_top
from helpers.metrics.ranking_intervals import ranking_interval
from helpers.metrics.statistics.bootstrap import DEFAULT, Resampling
from helpers.metrics.statistics.intervals import NO_WIDTH, Estimate, undefined
from helpers.metrics.statistics.ratio_intervals import ratio_intervals

NO_SCORES = "the predictions have no scores"  # why a metric of scores is undefined


def estimates(
    labels: NDArray,
    predictions: NDArray,
    scores: NDArray | None,
    resampling: Resampling = DEFAULT,
    classes: int = 0,
) -> dict[str, Estimate]:
    """Estimate every metric by name; calibration has a module of its own.

    Labels and predictions are class codes, int [N], N > 0; scores are probabilities, float [N, K].
    Without them (None) their metrics are undefined, and ``classes`` says how many there are. An
    undefined metric has NaN and a note.
    """
    if scores is None:
        counted = count_intervals(labels, predictions, classes, resampling)
        of_scores = registry.functions("scores", "ranking")
        return counted | dict.fromkeys(of_scores, undefined(NO_SCORES))
    labels, scores = np.asarray(labels), np.asarray(scores, dtype=float)
    rankings = registry.functions("ranking")
    return (
        count_intervals(labels, predictions, scores.shape[1], resampling)
        | _top(labels, scores, resampling)
        | _losses(registry.functions("scores"), labels, scores, resampling)
        | {name: ranking_interval(name, labels, scores, resampling) for name in rankings}
    )


def estimate(
    metric: str,
    labels: NDArray,
    predictions: NDArray,
    scores: NDArray | None,
    resampling: Resampling = DEFAULT,
    classes: int = 0,
) -> Estimate:
    """Estimate one metric of counts or of scores, as ``estimates`` does."""
    if not registry.needs_scores(metric):
        classes = classes if scores is None else scores.shape[1]
        return count_intervals(labels, predictions, classes, resampling, metric)[metric]
    if scores is None:
        return undefined(NO_SCORES)
    if metric in registry.functions("ranking"):
        return ranking_interval(metric, labels, scores, resampling)
    return _losses([metric], labels, scores, resampling)[metric]


def _top(labels: NDArray, scores: NDArray, resampling: Resampling) -> dict[str, Estimate]:
    """Top-5 accuracy, or top-2 where there are few classes; nothing for two classes."""
    classes = scores.shape[1]
    if classes < 3:
        return {}
    k = 5 if classes >= 10 else 2
    return {f"top-{k}-accuracy": share(in_top(labels, scores, k), resampling)}


def _losses(
    names: Iterable[str], labels: NDArray, scores: NDArray, resampling: Resampling
) -> dict[str, Estimate]:
    functions, every = registry.functions("scores"), list(names)
    losses = np.column_stack([*(functions[name](labels, scores) for name in every), labels * 0 + 1])
    means = {name: lambda sums, k=k: sums[..., k] / sums[..., -1] for k, name in enumerate(every)}
    found = ratio_intervals(losses, means, resampling)
    for name in np.array(every)[np.ptp(losses[:, :-1], axis=0) < NO_WIDTH]:
        found[name] = undefined("the same loss everywhere: nothing to resample", found[name].value)
    return {name: mean.capped(registry.METRICS[name].highest) for name, mean in found.items()}
