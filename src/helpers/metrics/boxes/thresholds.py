"""Precision and recall as the score falls, and the score at which a detector is used."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from helpers.metrics.boxes.class_curves import ClassCurve
from helpers.metrics.boxes.table import FALSE, TRUE, Matches
from helpers.metrics.statistics import intervals
from helpers.metrics.statistics.bootstrap import DEFAULT, Resampling, group_codes
from helpers.metrics.statistics.intervals import (
    LEAST_UNITS,
    TAILS,
    Estimate,
    too_few,
    undefined,
)

FROC_RECALLS = (0.8, 0.9)


def precision_recall(matches: Matches) -> dict[str, NDArray]:
    """Return score, precision, recall and false boxes an image, at each distinct score, [S].

    Over all classes together, at IoU .5; the boxes with this score or a higher one.
    """
    kind = matches.kind[0, 0]
    order = np.argsort(-matches.score, kind="stable")
    score, last = matches.score[order], np.diff(matches.score[order], append=-np.inf) != 0
    hits, false = (np.cumsum(kind[order] == each)[last] for each in (TRUE, FALSE))
    objects = int(matches.counted[0].sum())
    return {
        "score": score[last],
        "precision": hits / np.maximum(hits + false, 1),
        "recall": hits / objects if objects else np.full(len(hits), np.nan),
        "false_positives": false / max(matches.table.images, 1),
    }


def best_threshold(matches: Matches) -> float:
    """Return the score from which on boxes are best kept: that of the highest F1 at IoU .5."""
    curve = precision_recall(matches)
    precision, recall = curve["precision"], curve["recall"]
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    if not len(f1) or not np.isfinite(f1).any():
        return 0.5
    best = int(np.nanargmax(f1))
    below = curve["score"][best + 1] if best + 1 < len(f1) else curve["score"][best]
    return float((curve["score"][best] + below) / 2)


def froc(matches: Matches, resampling: Resampling = DEFAULT) -> dict[float, Estimate]:
    """Estimate the false boxes an image with which 80 and 90 % of all objects are found.

    At IoU .5, over all classes. Limits are those of a bootstrap in which each resample has its own
    threshold; without one where it may take infinitely many.
    """
    unit, count = group_codes(resampling.groups, matches.table.images)
    curve = ClassCurve(matches, None, "all", [0], unit)
    images = np.bincount(unit, minlength=count)
    return {share: _froc(curve, share, images, resampling) for share in FROC_RECALLS}


def _froc(curve: ClassCurve, share: float, images: NDArray, resampling: Resampling) -> Estimate:
    ones, count = np.ones((len(curve.units), 1)), len(images)
    value = float(curve.false_at(ones, share)[0]) / max(images.sum(), 1)
    if np.isnan(value):
        return undefined("no object in the test images")
    if np.isinf(value):
        best = float(curve.values(ones)["recall"][0, 0])
        return undefined(f"only {best:.0%} of the objects are found at any score")
    if count < LEAST_UNITS:
        return too_few(count, resampling.unit, value)
    weights = resampling.weights(count)
    drawn = curve.false_at(weights[curve.units], share) / (images @ weights.astype(float))
    low, high = np.quantile(drawn[~np.isnan(drawn)], TAILS, method="inverted_cdf")
    if np.isinf(high):
        return undefined(f"on some resamples {share:.0%} are not found at any score", value)
    low, high = intervals.widened(value, (low, high), count)
    # Nor less far than chance alone moves so few false boxes (Garwood, 1936).
    least = gammaincinv(value * images.sum() + 1, TAILS[1]) / images.sum()
    note = intervals.few_groups(count) if resampling.groups is not None else ""
    high = max(high, float(least))
    return Estimate(value, max(0.0, low), high, f"bootstrap over {resampling.unit}", note)
