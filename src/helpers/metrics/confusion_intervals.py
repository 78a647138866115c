"""Intervals of all that a confusion matrix decides, from two resamplings of its counts."""

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import eye_array, hstack, issparse, vstack
from scipy.special import betaincinv

from helpers.metrics import registry
from helpers.metrics.confusion_matrix import Counts, confusion_matrix, counts, f1, precision, recall
from helpers.metrics.statistics import intervals
from helpers.metrics.statistics.bootstrap import DEFAULT, Resampling
from helpers.metrics.statistics.intervals import TAILS, Estimate, f1_interval, undefined, wilson

_FILLED = 4_000_000  # cells of each count; of a larger table only those that are filled are kept
_PSEUDO = 0.5  # groups of errors, and of hits, added: no error seen is not no error possible


def count_intervals(
    labels: NDArray,
    predictions: NDArray,
    classes: int,
    resampling: Resampling = DEFAULT,
    only: str | None = None,
) -> dict[str, Estimate]:
    """Estimate every metric that a confusion matrix decides, or ``only`` that one.

    Labels and predictions are class codes, int [N], N > 0. Accuracy takes the interval of a
    proportion, a mean of recalls that of ``recalls_interval``. The others take the hull of two
    resamplings of the confusion matrix: BCa, and percentiles with an error or two added, which
    holds where few errors were seen. With groups, whole groups are drawn for every metric.
    """
    matrix, grouped = confusion_matrix(labels, predictions, classes), resampling.groups is not None
    bootstrap = _CountBootstrap(labels, predictions, classes, resampling)
    estimates = {}
    for name, metric in registry.functions("counts").items():
        if only not in (None, name):
            continue
        entry = registry.METRICS[name]
        if not grouped and entry.interval == "Wilson":
            estimate = wilson(np.trace(matrix), matrix.sum())
        elif not grouped and entry.interval == "recalls":
            estimate = recalls_interval(np.diagonal(matrix), matrix.sum(axis=1), resampling)
        else:
            estimate = bootstrap.interval(metric, entry.over_classes)
        note = _note(name, counts(matrix), len(bootstrap.times) if grouped else None)
        capped = estimate.capped(entry.highest, entry.lowest)
        estimates[name] = replace(capped, note=estimate.note or note)
    return estimates


def share(hits: NDArray, resampling: Resampling = DEFAULT) -> Estimate:
    """Estimate the share of items [N] that are hit, as ``count_intervals`` does accuracy."""
    if not len(hits):
        return wilson(0, 0)
    hit = np.asarray(hits).astype(int)
    return count_intervals(np.ones_like(hit), hit, 2, resampling, "accuracy")["accuracy"]


def recalls_interval(hits: NDArray, actual: NDArray, resampling: Resampling = DEFAULT) -> Estimate:
    """Interval of the mean recall of the classes with items, from their hits and items [K].

    The hull of two that miss on opposite sides where classes are many: Jeffreys's limits added up
    by squares (Zou and Donner, 2008), and draws with an item more in each class, one error in all.
    """
    hits, items = (np.asarray(part, float)[actual > 0] for part in (hits, actual))
    recalls, misses, classes = hits / items, items - hits, len(items)
    limits = betaincinv(hits + 0.5, misses + 0.5, TAILS[:, None])
    limits[0, hits == 0], limits[1, misses == 0] = 0, 1
    below, above = np.sqrt(((limits - recalls) ** 2).sum(axis=1)) / classes
    error, random = min(0.5, 1 / classes), np.random.default_rng(resampling.seed)
    narrowed = np.where(hits > 0, items / (items + 2 - 4 * error), 1)  # as in ``_soft``
    shapes = (hits + 1 - error) * narrowed, (misses + error) * narrowed
    drawn = random.beta(*shapes, (resampling.resamples, classes))
    value, (low, high) = float(recalls.mean()), np.quantile(drawn.mean(axis=1), TAILS)
    low, high = float(min(low, value - below)), float(max(high, value + above))
    return Estimate(value, low, high, "Jeffreys by class, summed")


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


def unit_table(labels: NDArray, predictions: NDArray, classes: int, sparse: bool = False) -> Any:
    """Write each item's hits, predicted and actual as one row, [N, 3K]; few cells are filled."""
    eye = eye_array(classes, format="csr") if sparse else np.eye(classes)
    actual, predicted = eye[labels], eye[predictions]
    return (hstack if sparse else np.hstack)([actual * predicted, predicted, actual])


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
        random, resamples = np.random.default_rng(resampling.seed), resampling.resamples
        self.grouped = resampling.groups is not None
        if not self.grouped:
            self.method = "bootstrap of the confusion matrix"
            matrix = confusion_matrix(labels, predictions, classes)
            actual, predicted = np.nonzero(matrix)
            units = unit_table(actual, predicted, classes, len(actual) * classes > _FILLED)
            times = matrix[actual, predicted].astype(float)
            soft = _soft(actual, units, times, random, resamples)
        else:
            self.method = "cluster bootstrap over groups"
            units = resampling.sums(unit_table(labels, predictions, classes))
            times = np.ones(len(units))
            extra, extra_times = _pseudo_units(times @ units, len(units), classes)
            shares = np.append(times, extra_times) / (len(units) + extra_times.sum())
            soft = random.multinomial(len(units), shares, resamples) @ np.vstack([units, extra])
        self.times, total = times, times @ units
        plain = random.multinomial(round(times.sum()), times / times.sum(), size=resamples) @ units
        self.whole, self.plain, self.soft = (
            as_counts(table, classes) for table in (total, plain, soft)
        )
        self.units, self.total, self.classes = units, total, classes

    def _left_out(self, values: Callable[[Counts], NDArray]) -> NDArray:
        """Compute values without each unit, some units at a time."""
        step, found = max(1, _FILLED // self.classes), []
        for start in range(0, len(self.times), step):
            some = self.units[start : start + step]
            some = some.toarray() if issparse(some) else some
            found.append(values(as_counts(self.total - some, self.classes)))
        return np.concatenate(found)

    def interval(self, metric: Callable[[Counts], NDArray], over_classes: bool = False) -> Estimate:
        def values(drawn: Counts) -> NDArray:
            return metric(with_all_classes(drawn, self.whole) if over_classes else drawn)

        value, samples, soft = float(metric(self.whole)), values(self.plain), values(self.soft)
        samples, soft = samples[np.isfinite(samples)], soft[np.isfinite(soft)]
        if not np.isfinite(value):
            return undefined("its denominator is zero")
        if self.grouped and len(self.times) < intervals.LEAST_UNITS:
            return intervals.too_few(len(self.times), "groups", value)
        if not len(samples) or not len(soft):
            return undefined("it is undefined in every resample", value)
        low, high = intervals.bca(value, samples, self._left_out(values), self.times)
        units = len(self.times) if self.grouped else max(2, round(self.times.sum()))
        low, high = intervals.widened(value, (low, high), units)
        soft_low, soft_high = np.quantile(soft, TAILS)
        low, high = min(low, soft_low, value), max(high, soft_high, value)
        if over_classes and not self.grouped:
            high = value + float(np.hypot(high - value, self._unheard()))
        if high - low < intervals.NO_WIDTH:
            return undefined("it is the same in every resample", value)
        return Estimate(value, float(low), float(high), f"{self.method}, BCa and smoothed")

    def _unheard(self) -> float:
        """Say how far classes that are never predicted may lift a mean: no draw shows a hit."""
        items = self.whole.actual[(self.whole.actual > 0) & (self.whole.predicted == 0)]
        limits = betaincinv(0.5, items + 0.5, TAILS[1])
        return float(np.linalg.norm(limits) / (self.whole.actual > 0).sum())

    def of_class(self, k: int) -> dict[str, Estimate]:
        one, columns = copy(self), [k, self.classes + k, 2 * self.classes + k]
        one.units, one.total, one.classes = self.units[:, columns], self.total[columns], 1
        one.whole, one.plain, one.soft = (
            Counts(*(part[..., [k]] for part in drawn))
            for drawn in (self.whole, self.plain, self.soft)
        )
        ratios = {"precision": precision, "recall": recall, "f1": f1}
        return {name: one.interval(_first(ratio)).capped() for name, ratio in ratios.items()}


def _first(ratio: Callable[[Counts], NDArray]) -> Callable[[Counts], NDArray]:
    return lambda c: ratio(c)[..., 0]


def _soft(
    actual: NDArray, cells: NDArray, times: NDArray, random: np.random.Generator, resamples: int
) -> NDArray[np.float64]:
    """Draw filled cells [U, 3K], of classes [U], from a Dirichlet distribution: [R, 3K].

    Each class has one item more: one error for all together, but nothing else for a class that is
    never predicted. As this takes spread away, each class varies as one with ``items - 1`` items.
    """
    classes = cells.shape[1] // 3
    items = np.bincount(actual, times, classes)
    seen = np.flatnonzero(items)
    hit, miss = (rows[seen] for rows in _hit_and_miss(classes))
    predicted = (times @ cells[:, classes : 2 * classes])[seen] > 0
    error = np.where(predicted, min(0.5, 1 / len(seen)), 1)
    table = (vstack if issparse(cells) else np.vstack)([cells, hit, miss])
    of_class = np.concatenate([actual, seen, seen])
    narrowed = items[of_class] / (items[of_class] + 2)
    shape = np.concatenate([times, 1 - error, error]) * narrowed
    return random.standard_gamma(shape, (resamples, len(shape))) @ (table / narrowed[:, None])


def _hit_and_miss(classes: int) -> tuple[NDArray, NDArray]:
    """Write a hit of each class, and an error spread over the others, as rows [K, 3K]."""
    eye = np.eye(classes)
    return np.hstack([eye] * 3), np.hstack([0 * eye, (1 - eye) / max(classes - 1, 1), eye])


def _pseudo_units(total: NDArray, size: float, classes: int) -> tuple[NDArray, NDArray]:
    """One hit and one error for each class, as large as a mean group, weighted by its items."""
    actual = total[2 * classes :]
    share = _PSEUDO * actual / actual.sum()
    return np.vstack(_hit_and_miss(classes)) * actual.sum() / size, np.append(share, share)


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
