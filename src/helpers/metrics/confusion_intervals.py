"""Intervals of all that a confusion matrix decides, from one bootstrap of its counts."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from helpers.metrics import registry
from helpers.metrics.confusion_matrix import Counts, confusion_matrix, counts, f1, precision, recall
from helpers.metrics.statistics import intervals
from helpers.metrics.statistics.bootstrap import DEFAULT, Resampling
from helpers.metrics.statistics.intervals import TAILS, Estimate, f1_interval, undefined, wilson

_PSEUDO = 0.5  # errors, and as many hits, added: no error seen is not no error possible


def count_intervals(
    labels: NDArray,
    predictions: NDArray,
    classes: int,
    resampling: Resampling = DEFAULT,
    only: str | None = None,
) -> dict[str, Estimate]:
    """Estimate every metric that a confusion matrix decides, or ``only`` that one.

    Labels and predictions are class codes, int [N], N > 0. Accuracy takes Wilson's interval. The
    others take the hull of two bootstraps of the confusion matrix: BCa, and percentiles with half
    an error and half a hit added, which holds where few errors were seen. With groups, whole groups
    are drawn, for accuracy too.
    """
    matrix, grouped = confusion_matrix(labels, predictions, classes), resampling.groups is not None
    bootstrap = _CountBootstrap(labels, predictions, classes, resampling)
    estimates = {}
    for name, metric in registry.functions("counts").items():
        if only not in (None, name):
            continue
        if not grouped and registry.METRICS[name].interval == "Wilson":
            estimate = wilson(np.trace(matrix), matrix.sum())
        else:
            estimate = bootstrap.interval(metric, registry.METRICS[name].over_classes)
        note = _note(name, counts(matrix), len(bootstrap.times) if grouped else None)
        estimates[name] = replace(estimate, note=estimate.note or note)
    return estimates


def class_intervals(
    labels: NDArray, predictions: NDArray, classes: int, resampling: Resampling = DEFAULT
) -> list[dict[str, Estimate]]:
    """Estimate precision, recall and F1 of each class; arguments as in ``count_intervals``."""
    c = counts(confusion_matrix(labels, predictions, classes))
    if resampling.groups is None:
        return [
            {"precision": wilson(h, p), "recall": wilson(h, a), "f1": f1_interval(h, p, a)}
            for h, p, a in zip(*c, strict=True)
        ]
    bootstrap = _CountBootstrap(labels, predictions, classes, resampling)
    return [bootstrap.of_class(k) for k in range(classes)]


def unit_table(labels: NDArray, predictions: NDArray, classes: int) -> NDArray[np.float64]:
    """Write each item's hits, predicted and actual as one row, [N, 3K]."""
    eye = np.eye(classes)
    actual, predicted = eye[labels], eye[predictions]
    return np.hstack([actual * predicted, predicted, actual])


def with_all_classes(drawn: Counts, whole: Counts) -> Counts:
    """Give classes without an item in a resample [..., K] the counts that they have in all."""
    gone = drawn.actual == 0
    return Counts(*(np.where(gone, every, part) for every, part in zip(whole, drawn, strict=True)))


def as_counts(table: NDArray, classes: int) -> Counts:
    """Read summed rows [..., 3K] as counts [..., K]."""
    return Counts(*np.split(table, [classes, 2 * classes], axis=-1))


class _CountBootstrap:
    """Resampled counts, drawn once and shared by all metrics."""

    def __init__(self, labels: NDArray, predictions: NDArray, classes: int, resampling: Resampling):
        # Tables [U, 3K] of hits, predicted, actual: one row a filled cell, or one row a group.
        if resampling.groups is None:
            self.method = "bootstrap of the confusion matrix"
            matrix = confusion_matrix(labels, predictions, classes)
            actual, predicted = np.nonzero(matrix)
            units = unit_table(actual, predicted, classes)
            times = matrix[actual, predicted].astype(float)
        else:
            self.method = "cluster bootstrap over groups"
            units = resampling.sums(unit_table(labels, predictions, classes))
            times = np.ones(len(units))
        random, resamples = np.random.default_rng(resampling.seed), resampling.resamples
        self.times, total = times, times @ units
        size = round(times.sum())
        extra, extra_times = _pseudo_units(total, times.sum(), classes)
        all_units, all_times = np.vstack([units, extra]), np.append(times, extra_times)
        plain = random.multinomial(size, times / times.sum(), size=resamples) @ units
        soft = random.multinomial(size, all_times / all_times.sum(), size=resamples) @ all_units
        self.whole, self.plain, self.soft, self.left_out = (
            as_counts(table, classes) for table in (total, plain, soft, total - units)
        )

    def interval(self, metric: Callable[[Counts], NDArray], over_classes: bool = False) -> Estimate:
        def values(drawn: Counts) -> NDArray:
            return metric(with_all_classes(drawn, self.whole) if over_classes else drawn)

        value, samples, soft = float(metric(self.whole)), values(self.plain), values(self.soft)
        samples, soft = samples[np.isfinite(samples)], soft[np.isfinite(soft)]
        if not np.isfinite(value):
            return undefined("its denominator is zero")
        if not len(samples) or not len(soft):
            return undefined("it is undefined in every resample", value)
        if np.ptp(samples) == 0 and np.ptp(soft) == 0:
            return undefined("it is the same in every resample", value)
        low, high = intervals.bca(value, samples, values(self.left_out), self.times)
        soft_low, soft_high = np.quantile(soft, TAILS)
        low, high = min(low, soft_low, value), max(high, soft_high, value)
        return Estimate(value, float(low), float(high), f"{self.method}, BCa and smoothed")

    def of_class(self, k: int) -> dict[str, Estimate]:
        ratios = {"precision": precision, "recall": recall, "f1": f1}
        return {name: self.interval(_one(ratio, k)) for name, ratio in ratios.items()}


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
    unpredicted = int(((c.predicted == 0) & (c.actual > 0)).sum())
    absent, notes = int((c.actual == 0).sum()), []
    of = f"of {len(c.hits)} classes"
    if unpredicted and name in ("macro-precision", "weighted-precision"):
        notes.append(f"{unpredicted} {of} never predicted: precision counted as 0")
    if absent and registry.METRICS[name].over_classes:
        notes.append(f"{absent} {of} without a test item: not in the mean")
    if groups is not None:
        notes.append(intervals.few_groups(groups))
    return "; ".join(filter(None, notes))
