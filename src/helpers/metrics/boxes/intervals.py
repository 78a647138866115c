"""Estimates of the detection metrics, each with its 95 % interval; classes in a table.

Average precision is too good on few images, and a bootstrap, in which an image comes twice, shows
little of that and too little spread. Random halves of the images (Shao and Wu, 1989) show both.
Coverage was simulated: see tests/factories/promises.yaml.
"""

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit, stdtrit

from helpers.metrics.boxes.resampled import AT_THRESHOLD, OF_CLASSES, class_curves, counts, over
from helpers.metrics.boxes.table import FALSE, TRUE, DetectionTable, Matches
from helpers.metrics.statistics import intervals
from helpers.metrics.statistics.bootstrap import DEFAULT, Resampling, group_codes
from helpers.metrics.statistics.intervals import (
    LEAST_UNITS,
    NO_WIDTH,
    TAILS,
    Estimate,
    too_few,
    undefined,
)
from helpers.metrics.statistics.ratio_intervals import ratio_intervals

HALVES = 500  # as only their spread and mean count
SPARE = 1.03  # halves vary a little less than samples: differences of equals were simulated


def estimates(
    matches: Matches, resampling: Resampling = DEFAULT, threshold: float | None = None
) -> dict[str, Estimate]:
    """Estimate every metric, by images or whole groups of them.

    Those at a threshold are ratios of sums, and left out without a ``threshold``. Means over
    classes take halves; a class that a half misses keeps its place.
    """
    result = {
        name: mean_interval(found, resampling, matches.table)
        for name, found in of_classes(matches, list(OF_CLASSES), resampling).items()
    }
    if threshold is None:
        return result
    rates = ratio_intervals(counts(matches, threshold), AT_THRESHOLD, resampling)
    highest = {"false-positives-per-image": np.inf}
    return result | {name: rate.capped(highest.get(name, 1.0)) for name, rate in rates.items()}


def resampled(
    matches: Matches, name: str, resampling: Resampling = DEFAULT, threshold: float | None = None
) -> tuple[Estimate, NDArray[np.float64]]:
    """Estimate one metric, and compute it on resamples that all detectors of the images share.

    These are halves of the images where classes are averaged, [at most HALVES], else [R].
    """
    if name in OF_CLASSES:
        found = of_classes(matches, [name], resampling)[name]
        undefined_ones = np.full(found.halves.shape[1], np.nan)  # no class has an object
        whole, moved = found.whole, found.moved
        samples = (
            whole.mean() + SPARE * moved.mean(axis=0, dtype=float) if len(whole) else undefined_ones
        )
        return mean_interval(found, resampling, matches.table), samples
    assert threshold is not None
    metric, table = AT_THRESHOLD[name], counts(matches, threshold)
    estimate = ratio_intervals(table, {name: metric}, resampling)[name].capped()
    return estimate, metric(resampling.drawn(resampling.sums(table)))


@dataclass(frozen=True, eq=False)
class OfClasses:
    """A metric of the classes that have objects: ``label`` [C], ``whole`` [C], ``halves`` [C, R].

    ``units`` [C] counts the images or groups with an object of each.
    """

    label: NDArray[np.int64]
    whole: NDArray[np.float64]
    halves: NDArray[np.float32]
    units: NDArray[np.float64]

    @cached_property
    def moved(self) -> NDArray[np.float32]:
        """Return how far each class strays on halves, nowhere where it is missed."""
        away = self.halves - self.whole[:, None].astype(np.float32)
        return np.where(np.isfinite(away), away, np.float32(0))

    @cached_property
    def bias(self) -> NDArray[np.float64]:
        """Return by how much each class looks better on the halves that have it."""
        known = np.isfinite(self.halves).sum(axis=1)
        return self.moved.sum(axis=1, dtype=float) / np.maximum(known, 1)

    @cached_property
    def variance(self) -> NDArray[np.float64]:
        """Return the variance of each class, those with few units leaning on the others.

        Each borrows two units of the spread of all, which itself takes two of a share's.
        """
        own = self.moved.var(axis=1, dtype=float) * self.units / np.maximum(self.units - 1, 1)
        more, smooth = self.units - 1, inside(float(self.whole.mean()), self.units.sum())
        of_one = (more @ (own * self.units) + smooth * (1 - smooth)) / (more.sum() + 2)
        return (more * own + 2 * of_one / self.units) / (self.units + 1)


def of_classes(matches: Matches, names: list[str], resampling: Resampling) -> dict[str, OfClasses]:
    """Compute metrics of each class, and on halves of the images or groups."""
    unit, count = group_codes(resampling.groups, matches.table.images)
    weights = resampling.halves(count, min(HALVES, max(2, resampling.resamples)))
    rows: dict[str, list[tuple[int, float, NDArray, int]]] = {name: [] for name in names}
    for label, curve, picks in class_curves(matches, names, unit):
        if not (units := int(np.count_nonzero(curve.objects))):
            continue
        whole = curve.values(np.ones((len(curve.units), 1)))
        half = curve.values(weights[curve.units])
        for name, (what, at) in picks.items():
            of_one = float(whole[what][at].mean()), half[what][at].mean(axis=0).astype(np.float32)
            rows[name].append((label, *of_one, units))
    empty = np.zeros((0, weights.shape[1]), np.float32)
    return {
        name: OfClasses(
            np.array([row[0] for row in each], np.int64),
            np.array([row[1] for row in each]),
            np.stack([row[2] for row in each]) if each else empty,
            np.array([row[3] for row in each], float),
        )
        for name, each in rows.items()
    }


def inside(value: float, units: float) -> float:
    """Move a share seen in so many units away from 0 and 1, by half a unit."""
    return float(np.clip(value, 0.5 / (units + 1), 1 - 0.5 / (units + 1)))


def mean_interval(found: OfClasses, resampling: Resampling, table: DetectionTable) -> Estimate:
    """Estimate the mean over classes."""
    classes = len(found.whole)
    if not classes:
        return undefined("no such object in the test images")
    count = group_codes(resampling.groups, table.images)[1]
    value = float(found.whole.mean())
    if count < LEAST_UNITS:
        return too_few(count, resampling.unit, value)
    # Each class strays as far as its variance has it; those that never vary do so alone.
    spread = found.moved.std(axis=1, dtype=float)
    stretch = np.divide(
        np.sqrt(found.variance), spread, out=np.zeros(classes), where=spread > NO_WIDTH
    )
    together = (stretch / classes) @ found.moved
    alone = found.variance[stretch == 0].sum() / classes**2
    freedom = np.clip((found.units - 1).sum(), 1, count - 1)
    reach = stdtrit(freedom, TAILS[1]) * np.sqrt(together.var(dtype=float) + alone)
    low, high = limits(value, float(found.bias.mean()), reach, found.units.sum())
    absent = table.classes - classes
    notes = [f"{absent} of {table.classes} classes without such an object" * bool(absent)]
    notes.append(intervals.few_groups(count) if resampling.groups is not None else "")
    method = f"random halves of the {resampling.unit}, logit scale"
    return Estimate(value, low, high, method, "; ".join(filter(None, notes)))


def limits(value: float, bias: float, reach: float, units: float) -> tuple[float, float]:
    """Reach as far from the value, and from it without its bias, on the logit scale.

    A half shows a third or more of the bias, which shrinks more slowly than images become more. The
    second reaches its own way alone, a tenth farther, as samples that flatter vary less too: back
    from near 0 or 1 the scale would go anywhere.
    """
    ends = []
    for centre, reached in ((value, reach), (value - 3 * bias, 1.1 * reach)):
        middle = inside(centre, units)
        step = reached / (middle * (1 - middle))
        ends.append((expit(logit(middle) - step), expit(logit(middle) + step)))
    (low, high), other = ends
    low, high = (min(low, other[0]), high) if bias > 0 else (low, max(high, other[1]))
    return float(min(low, value)), float(max(high, value))


def by_class(
    matches: Matches, resampling: Resampling = DEFAULT, threshold: float | None = None
) -> pd.DataFrame:
    """Tabulate classes: objects, boxes found, ``ap`` with low and high, ``ap50``.

    Recall and precision are those at the threshold, NaN without one.
    """
    table, count = matches.table, partial(np.bincount, minlength=matches.table.classes)
    objects = count(table.truth_class[matches.counted[0]])
    frame = pd.DataFrame({"objects": objects, "found": count(matches.label)})
    frame[["ap", "low", "high", "ap50", "recall", "precision"]] = np.nan
    names = ["mean-average-precision", "average-precision-50"]
    found, at_50 = of_classes(matches, names, resampling).values()
    frame.loc[found.label, "ap"], frame.loc[at_50.label, "ap50"] = found.whole, at_50.whole
    if len(found.label) and group_codes(resampling.groups, table.images)[1] >= LEAST_UNITS:
        reach = stdtrit(found.units + 1, TAILS[1]) * np.sqrt(found.variance)
        rows = zip(found.whole, found.bias, reach, found.units, strict=True)
        frame.loc[found.label, ["low", "high"]] = np.array([limits(*row) for row in rows])
    if threshold is not None:
        sure, kind = matches.score >= threshold, matches.kind[0, 0]
        hits, false = (count(matches.label[sure & (kind == each)]) for each in (TRUE, FALSE))
        frame["recall"], frame["precision"] = over(hits, objects), over(hits, hits + false)
    return frame
