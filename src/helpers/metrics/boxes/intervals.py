"""Estimates of the detection metrics, each with its 95 % interval."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit, stdtrit

from helpers.metrics.boxes.class_curves import ClassCurve
from helpers.metrics.boxes.resampled import (
    AT_THRESHOLD,
    OF_CLASSES,
    class_curves,
    class_values,
    counts,
    mean,
)
from helpers.metrics.boxes.table import FALSE, TRUE, Matches
from helpers.metrics.boxes.thresholds import precision_recall
from helpers.metrics.statistics.bootstrap import DEFAULT, Resampling, group_codes
from helpers.metrics.statistics.intervals import LEAST_UNITS, TAILS, Estimate, undefined
from helpers.metrics.statistics.ratio_intervals import ratio_intervals


def estimates(
    matches: Matches, resampling: Resampling = DEFAULT, threshold: float | None = None
) -> dict[str, Estimate]:
    """Estimate every metric, by images or whole groups of them; without a threshold, fewer."""
    unit, count = group_codes(resampling.groups, matches.table.images)
    drawn = resampling.weights(count)
    found = class_values(matches, list(OF_CLASSES), drawn, unit)
    whole = class_values(matches, list(OF_CLASSES), np.ones((count, 1)), unit)
    result = {
        name: _interval(float(mean(whole[name])[0]), mean(found[name]), count, resampling.unit)
        for name in OF_CLASSES
    }
    if threshold is not None:
        rates = ratio_intervals(counts(matches, threshold), AT_THRESHOLD, resampling)
        highest = {"false-positives-per-image": np.inf}
        result |= {name: rate.capped(highest.get(name, 1.0)) for name, rate in rates.items()}
    return result


def _interval(value: float, samples: NDArray, count: int, unit: str) -> Estimate:
    if not np.isfinite(value):
        return undefined("no object of this size in the test images")
    samples = samples[np.isfinite(samples)]
    if count < LEAST_UNITS or len(samples) < 2:
        return undefined(f"only {count} {unit}: too few to resample", value)
    error = samples.std() * np.sqrt(count / (count - 1))
    inside = min(max(value, 0.5 / count), 1 - 0.5 / count)
    reach = stdtrit(count - 1, TAILS[1]) * error / (inside * (1 - inside))
    low, high = expit(logit(inside) - reach), expit(logit(inside) + reach)
    return Estimate(value, min(value, low), max(value, high), "bootstrap, logit scale")


def by_class(
    matches: Matches, resampling: Resampling = DEFAULT, threshold: float | None = None
) -> pd.DataFrame:
    """Tabulate each class: its place, objects and boxes, AP and AP50 with limits.

    With a threshold, recall and precision at it as well.
    """
    table, names = matches.table, {"ap": "mean-average-precision", "ap50": "average-precision-50"}
    unit, count = group_codes(resampling.groups, table.images)
    drawn, ones = resampling.weights(count), np.ones((count, 1))
    samples, whole = (class_values(matches, [*names.values()], w, unit) for w in (drawn, ones))
    truths = np.bincount(table.truth_class[matches.counted[0]], minlength=table.classes)
    boxes = np.bincount(matches.label, minlength=table.classes)
    frame = pd.DataFrame({"class": range(table.classes), "truths": truths, "found": boxes})
    for column, name in names.items():
        each = [
            _interval(float(v), s, count, resampling.unit)
            for v, s in zip(whole[name][:, 0], samples[name], strict=True)
        ]
        frame[column] = [e.value for e in each]
        frame[f"{column}_low"], frame[f"{column}_high"] = (
            [e.low for e in each],
            [e.high for e in each],
        )
    if threshold is not None:
        sure, kind = matches.score >= threshold, matches.kind[0, 0]
        hits, false = (
            np.bincount(matches.label[sure & (kind == each)], minlength=table.classes)
            for each in (TRUE, FALSE)
        )
        frame["recall"] = np.where(truths > 0, hits / np.maximum(truths, 1), np.nan)
        frame["precision"] = np.where(hits + false > 0, hits / np.maximum(hits + false, 1), np.nan)
    return frame


FROC_RECALLS = (0.8, 0.9)


def froc(matches: Matches, resampling: Resampling = DEFAULT) -> dict[float, Estimate]:
    """Estimate the false boxes an image with which 80 and 90 % of all objects are found."""
    curve, result = precision_recall(matches), dict[float, Estimate]()
    for goal in FROC_RECALLS:
        enough = np.flatnonzero(curve["recall"] >= goal)
        if not len(enough):
            best = f"{curve['recall'].max(initial=0):.0%} of the objects are found at any score"
            result[goal] = undefined(best)
            continue
        sums = counts(matches, float(curve["score"][enough[0]]))
        metric = {"froc": AT_THRESHOLD["false-positives-per-image"]}
        result[goal] = ratio_intervals(sums, metric, resampling)["froc"]
    return result


def pseudo_values(
    matches: Matches, name: str, groups: NDArray | None = None, threshold: float | None = None
) -> NDArray[np.float64]:
    """Write a metric as a mean over images or groups: what each stands for, [U] (jackknife)."""
    unit, count = group_codes(groups, matches.table.images)
    if name in AT_THRESHOLD:
        assert threshold is not None
        rows = Resampling(groups=groups).sums(counts(matches, threshold))
        total = rows.sum(axis=0)
        value, without = float(AT_THRESHOLD[name](total)), AT_THRESHOLD[name](total - rows)
    else:
        value, without = left_out(matches, [name], unit, count)[name]
    without = np.where(np.isfinite(without), without, value)
    away = (count - 1) * (value - without)
    return value + away - away.mean()


def left_out(
    matches: Matches, names: list[str], unit: NDArray, count: int
) -> dict[str, tuple[float, NDArray]]:
    """Compute metrics of all units, and without each, [U]; a class is in the mean that others have.

    Only the classes in a unit move without it.
    """
    sums = {name: np.zeros((2, count)) for name in names}
    alone, classes = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0)
    for _, curve, picks in class_curves(matches, names, unit):
        whole, without = _whole_and_without(curve)
        for name, (what, rows) in picks.items():
            value = float(whole[what][rows].mean())
            if not np.isfinite(value):
                continue
            alone[name] += value
            classes[name] += 1
            left = without[what][rows].mean(axis=0)
            known = np.isfinite(left)
            sums[name][0, curve.units] += np.where(known, left, 0) - value
            sums[name][1, curve.units] += known - 1
    return {
        name: (
            alone[name] / max(classes[name], 1) if classes[name] else np.nan,
            (alone[name] + sums[name][0]) / np.maximum(classes[name] + sums[name][1], 1),
        )
        for name in names
    }


def _whole_and_without(curve: ClassCurve) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
    units, parts = len(curve.units), []
    whole = curve.values(np.ones((units, 1)))
    step = max(1, 4_000_000 // units)
    for at in range(0, units, step):
        block = np.ones((units, min(step, units - at)), np.uint8)
        block[np.arange(at, at + block.shape[1]), np.arange(block.shape[1])] = 0
        parts.append(curve.values(block))
    return whole, {key: np.concatenate([part[key] for part in parts], axis=1) for key in whole}
