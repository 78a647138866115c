"""Intervals of all that a confusion matrix decides, from one bootstrap of its counts."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from helpers.metrics import registry
from helpers.metrics.confusion_matrix import (
    Counts,
    confusion_matrix,
    counts,
    f1,
    precision,
    recall,
)
from helpers.metrics.statistics.bootstrap import group_codes, group_sums
from helpers.metrics.statistics.intervals import (
    Estimate,
    bca,
    f1_interval,
    few_groups,
    quantiles,
    undefined,
    wilson,
)

_PSEUDO = 0.5  # errors, and as many hits, added: no error seen is not no error possible


def count_intervals(
    labels: NDArray,
    predictions: NDArray,
    classes: int,
    resamples: int = 2000,
    seed: int = 0,
    groups: NDArray | None = None,
    only: str | None = None,
) -> dict[str, Estimate]:
    """Estimate every metric that a confusion matrix decides.

    Accuracy takes Wilson's interval. The others take the hull of two bootstraps of the confusion
    matrix: BCa, and percentiles with half an error and half a hit added, which holds where few
    errors were seen. With groups, whole groups are drawn, for accuracy too.

    Parameters
    ----------
    labels, predictions
        Class codes, int [N], N > 0.
    classes
        How many classes there are.
    resamples, seed
        Of the bootstrap; the same seed gives the same bytes.
    groups
        Items of one group [N] are not independent, such as the pictures of one patient.
    only
        Name of the one metric wanted, if not all are.
    """
    matrix = confusion_matrix(labels, predictions, classes)
    units, times, size = _units(labels, predictions, classes, groups)
    bootstrap = _CountBootstrap(units, times, classes, resamples, seed)
    found = {}
    for name, metric in registry.functions("counts").items():
        if only not in (None, name):
            continue
        if groups is None and registry.METRICS[name].interval == "Wilson":
            found[name] = wilson(np.trace(matrix), matrix.sum())
        else:
            found[name] = bootstrap.interval(metric, groups is not None)
        note = _note(name, counts(matrix), size if groups is not None else None)
        found[name] = replace(found[name], note=found[name].note or note)
    return found


def class_intervals(
    labels: NDArray,
    predictions: NDArray,
    classes: int,
    resamples: int = 2000,
    seed: int = 0,
    groups: NDArray | None = None,
) -> list[dict[str, Estimate]]:
    """Estimate precision, recall and F1 of each class; arguments as in ``count_intervals``."""
    c = counts(confusion_matrix(labels, predictions, classes))
    if groups is None:
        return [
            {"precision": wilson(h, p), "recall": wilson(h, a), "f1": f1_interval(h, p, a)}
            for h, p, a in zip(*c, strict=True)
        ]
    units, times, _ = _units(labels, predictions, classes, groups)
    bootstrap = _CountBootstrap(units, times, classes, resamples, seed)
    return [bootstrap.of_class(k) for k in range(classes)]


def _units(
    labels: NDArray, predictions: NDArray, classes: int, groups: NDArray | None
) -> tuple[NDArray, NDArray, int]:
    """Tables [U, 3K] of hits, predicted, actual: one row a filled cell, or one row a group."""
    if groups is None:
        matrix = confusion_matrix(labels, predictions, classes)
        actual, predicted = np.nonzero(matrix)
        times = matrix[actual, predicted].astype(float)
        return unit_table(actual, predicted, classes), times, len(labels)
    codes, count = group_codes(groups, len(labels))
    table = group_sums(unit_table(labels, predictions, classes), codes, count)
    return table, np.ones(count), count


def unit_table(labels: NDArray, predictions: NDArray, classes: int) -> NDArray[np.float64]:
    """Write each item's hits, predicted and actual as one row, [N, 3K]."""
    eye = np.eye(classes)
    actual, predicted = eye[labels], eye[predictions]
    return np.hstack([actual * predicted, predicted, actual])


def as_counts(table: NDArray, classes: int) -> Counts:
    """Read summed rows [..., 3K] as counts [..., K]."""
    return Counts(*np.split(table, [classes, 2 * classes], axis=-1))


class _CountBootstrap:
    """Resampled counts, drawn once and shared by all metrics."""

    def __init__(self, units: NDArray, times: NDArray, classes: int, resamples: int, seed: int):
        random = np.random.default_rng(seed)
        total = times @ units
        size = round(times.sum())
        extra, extra_times = _pseudo_units(total, times.sum(), classes)
        all_units, all_times = np.vstack([units, extra]), np.append(times, extra_times)
        plain = random.multinomial(size, times / times.sum(), size=resamples) @ units
        soft = random.multinomial(size, all_times / all_times.sum(), size=resamples) @ all_units
        self.whole, self.plain, self.soft, self.left_out = (
            as_counts(table, classes) for table in (total, plain, soft, total - units)
        )
        self.times = times

    def interval(self, metric: Callable[[Counts], NDArray], grouped: bool) -> Estimate:
        value = float(metric(self.whole))
        samples, soft = metric(self.plain), metric(self.soft)
        samples, soft = samples[np.isfinite(samples)], soft[np.isfinite(soft)]
        if not np.isfinite(value):
            return undefined("undefined here: the counts leave its denominator at zero")
        if not len(samples) or not len(soft):
            return undefined("no resample defines it", value)
        if np.ptp(samples) == 0 and np.ptp(soft) == 0:
            return undefined("the same whatever is resampled: nothing to learn from it here", value)
        low, high = bca(value, samples, metric(self.left_out), self.times)
        soft_low, soft_high = np.quantile(soft, quantiles())
        method = "cluster bootstrap over groups" if grouped else "bootstrap of the confusion matrix"
        low, high = min(low, soft_low, value), max(high, soft_high, value)
        return Estimate(value, float(low), float(high), f"{method}, BCa and smoothed")

    def of_class(self, k: int) -> dict[str, Estimate]:
        ratios = {"precision": precision, "recall": recall, "f1": f1}
        return {name: self.interval(_one(ratio, k), True) for name, ratio in ratios.items()}


def _one(ratio: Callable[[Counts], NDArray], k: int) -> Callable[[Counts], NDArray]:
    return lambda c: ratio(c)[..., k]


def _pseudo_units(total: NDArray, size: float, classes: int) -> tuple[NDArray, NDArray]:
    """One hit and one error for each class, as large as a mean unit, weighted by its items."""
    eye = np.eye(classes)
    elsewhere = (1 - eye) / max(classes - 1, 1)
    hit, miss = np.hstack([eye, eye, eye]), np.hstack([0 * eye, elsewhere, eye])
    actual = total[2 * classes :]
    share = _PSEUDO * actual / actual.sum()
    return np.vstack([hit, miss]) * actual.sum() / size, np.append(share, share)


def _note(name: str, c: Counts, groups: int | None) -> str:
    """Say what a reader must know: classes without items or predictions, few groups."""
    silent, absent = int(((c.predicted == 0) & (c.actual > 0)).sum()), int((c.actual == 0).sum())
    notes = []
    if silent and name in ("macro-precision", "weighted-precision"):
        notes.append(f"{silent} of {len(c.hits)} classes never predicted: precision counted as 0")
    if absent and name.startswith(("macro", "balanced")):
        notes.append(f"{absent} of {len(c.hits)} classes without a test item")
    if groups is not None:
        notes.append(few_groups(groups))
    return "; ".join(filter(None, notes))
