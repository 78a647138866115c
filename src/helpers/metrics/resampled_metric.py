"""A metric of all candidates on the same resamples of the items."""

from itertools import chain

import numpy as np
from numpy.typing import NDArray

from helpers.metrics import registry
from helpers.metrics.confusion_intervals import as_counts
from helpers.metrics.probabilistic import influence
from helpers.metrics.ranking_intervals import OF_GROUPS
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.unit_contributions import Answers

_COLUMNS = 2048  # of counts that are resampled at once: a thousand classes took gigabytes


def resampled_metric(
    metric: str, answers: Answers, resamples: int = 2000, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute a metric of all candidates on the items [M] and on the same resamples of them [R, M].

    Metrics of scores are linearised: exact for means, DeLong's covariance for the ROC area.
    """
    labels, predictions, classes = answers.labels, answers.predictions, answers.classes
    resampling = Resampling(resamples, seed, answers.groups)
    if registry.needs_scores(metric):
        undefined, entry = (np.nan, np.full(len(labels), np.nan)), registry.METRICS[metric]
        parts = [undefined if s is None else influence(entry, labels, s) for s in answers.scores]
        values = np.array([value for value, _ in parts])
        moved = resampling.sums(np.column_stack([item for _, item in parts]))
        moved *= 1.0 if answers.groups is None else OF_GROUPS.get(metric, 1.0)
        return values, values + resampling.drawn(moved) / len(labels)
    if metric == "accuracy" and answers.groups is None:
        right = (predictions == labels).T
        return right.mean(axis=0), resampling.drawn(right) / len(labels)
    most = max(1, _COLUMNS // (2 * classes))  # candidates at once
    some = [predictions[first : first + most] for first in range(0, len(predictions), most)]
    found = [_from_counts(metric, labels, each, classes, resampling) for each in some]
    values = np.concatenate(found, axis=1)
    return values[0], values[1:]


def _from_counts(
    metric: str, labels: NDArray, predictions: NDArray, classes: int, resampling: Resampling
) -> NDArray[np.float64]:
    """Compute a metric of counts on the items, then on resamples of them, [1 + R, M]."""
    # Each item's actual, then hits and predicted of each candidate, [N, K + 2KM].
    eye = np.eye(classes, dtype=np.float32)
    columns = [(eye[labels] * eye[candidate], eye[candidate]) for candidate in predictions]
    table = resampling.sums(np.hstack([eye[labels], *chain(*columns)]))
    sums = np.vstack([table.sum(axis=0), resampling.drawn(table)])
    # All candidates share the column sums of the labels.
    actual, rest = sums[:, :classes], sums[:, classes:].reshape(len(sums), -1, 2 * classes)
    shared = np.broadcast_to(actual[:, None], (*rest.shape[:2], classes))
    joined = as_counts(np.concatenate([rest, shared], axis=-1), classes)
    # Classes without an item in a resample are left out: to keep their place would hide their luck.
    return np.asarray(registry.functions("counts")[metric](joined))
