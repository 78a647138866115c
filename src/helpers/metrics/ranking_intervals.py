"""Intervals of how well classes are ranked: areas and precisions that few positives decide."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, expit, logit, ndtri, stdtrit

from helpers.metrics import registry
from helpers.metrics.probabilistic import class_influences
from helpers.metrics.statistics import intervals
from helpers.metrics.statistics.bootstrap import DEFAULT, Resampling, group_codes
from helpers.metrics.statistics.intervals import NO_WIDTH, TAILS, Estimate, undefined

_HALVINGS = 40  # of the range in which a limit of the area is sought
_NONE = 1e-12  # an error as small comes from rounding
_TAIL = TAILS[1]
_HALVES, _CELLS = 200, 4_000_000  # of a class at most, and numbers drawn for all of them, about
_WIDEST = 2.0  # times what influences show, where halves stray more
# Whole groups move an average precision by more than the influences of their items add up to.
OF_GROUPS = {"average-precision": 1.12}


def ranking_interval(
    name: str, labels: NDArray, scores: NDArray, resampling: Resampling = DEFAULT
) -> Estimate:
    """Estimate a ranking averaged over classes, from labels [N] and scores [N, K].

    Each class has half-widths, on the logit scale. The ROC area takes the wider of DeLong's (1988)
    and of Newcombe's method 5 (2006), for a handful of positives; average precision the jackknife's
    and a t of as many positives. They add up as the influences of items, or of whole groups, do.
    What few positives add to an average precision does not: the lower limit allows for it.
    """
    classes, values, moved = class_influences(registry.METRICS[name], labels, scores)
    if not len(classes):
        return undefined("all test items are of one class")
    summed, value = resampling.sums(moved.T) / len(labels), float(values.mean())
    units, grouped = len(summed), resampling.groups is not None
    if grouped and units < intervals.LEAST_UNITS:
        return undefined(f"only {units} groups: too few to resample", value)
    bessel = units / max(units - 1, 1)
    summed = summed * (OF_GROUPS.get(name, 1.0) if grouped else 1.0)
    jack = float(np.sqrt((summed.mean(axis=1) ** 2).sum() * bessel))
    error, is_of = np.sqrt((summed**2).sum(axis=0) * bessel), labels[:, None] == classes
    own, rest = resampling.sums(is_of), resampling.sums(~is_of)
    sizes = np.array([(own > 0).sum(axis=0), (rest > 0).sum(axis=0)])  # units, of class and others
    if name == "roc-auc":
        method, t = (
            "Newcombe's method 5 and DeLong",
            stdtrit(units - 1 if grouped else np.inf, _TAIL),
        )
        # Newcombe's takes items for independent; where no unit differs, units stand for items.
        items = np.array([own.sum(axis=0), rest.sum(axis=0)])
        least = _newcombe(values, np.where(error > _NONE, items, sizes))
    else:
        worth = own.sum(axis=0) ** 2 / (own**2).sum(axis=0)  # of uneven groups fewer (Kish, 1965)
        method, t = "jackknife and t", stdtrit(np.maximum(worth - 1, 1), _TAIL)
        # Where nothing shows how positives vary, the limits of a share of them (Jeffreys).
        shares = np.array([values, 1 - values]) * sizes[0] + 0.5
        limits = abs(betaincinv(*shares, TAILS[:, None]) - values)
        least = np.where((error < _NONE) | (sizes[0] < 2), limits, 0.0)
    half = np.maximum(_logit(values, t * error), least)
    # What each unit adds to the lower and the upper half-width, [2, U].
    varies = error > _NONE
    added = half[:, varies] / error[varies] @ summed[:, varies].T
    alike = half[:, ~varies].sum(axis=1)
    below, above = np.sqrt((added**2).sum(axis=1) * bessel + alike**2) / len(classes)
    if below + above < NO_WIDTH:
        return undefined("its classes differ by what the others do: nothing to resample", value)
    if name == "average-precision":
        bias, strays = _on_halves(is_of, scores[:, classes], values, resampling)
        wider = np.clip(strays / max(jack, _NONE), 1.0, _WIDEST)
        below, above = wider * below + bias, wider * above
    low, high = max(0.0, value - float(below)), min(1.0, value + float(above))
    method += f", logit scale{', by group' * grouped}"
    absent = scores.shape[1] - len(np.unique(labels))
    note = f"{absent} of {scores.shape[1]} classes without a test item" * bool(absent)
    return Estimate(value, low, high, method, note)


def _on_halves(
    is_of: NDArray, scores: NDArray, values: NDArray, resampling: Resampling
) -> tuple[float, float]:
    """Estimate by how much average precision, [C], is too good on so few items, and its error.

    Its bias halves with twice the items, so on halves of them (Shao and Wu, 1989) it grows by just
    what it is; and they stray from the whole as far as the whole does from the truth. Groups are
    halved as a whole.
    """
    unit, count = group_codes(resampling.groups, len(is_of))
    halves = max(2, min(_HALVES, _CELLS // is_of.size) // 2 * 2)
    drawn, strays = resampling.halves(count, halves)[unit], np.zeros(halves)
    for k, value in enumerate(values):
        if drawn[is_of[:, k]].any(axis=0).all():  # else halves lack the class, and show nothing
            strays += (_precisions(is_of[:, k], scores[:, k], drawn) - value) / len(values)
    return max(0.0, float(strays.mean())), float(strays.std())


def _precisions(positive: NDArray, score: NDArray, drawn: NDArray) -> NDArray[np.float64]:
    """Compute the average precision of each draw, 0 or 1 [N, R], of items; ties share a level."""
    order = np.argsort(-score, kind="stable")
    last = np.searchsorted(-score[order], -score[order], "right") - 1
    taken = drawn[order].cumsum(axis=0, dtype=np.int32)
    hits = drawn[order] * positive[order, None]
    found, at = hits.cumsum(axis=0, dtype=np.int32), positive[order]
    level = last[at]
    return (hits[at] * found[level] / np.maximum(taken[level], 1)).sum(axis=0) / found[-1]


def difference_limits(one: Estimate, other: Estimate, samples: NDArray) -> tuple[float, float]:
    """Limits of the difference of two areas from their own (Zou and Donner, 2008).

    They allow for what few positives hide of its spread; samples [R, 2] show how the two go along.
    """
    both, gap = float(samples.std(axis=0).prod()), one.value - other.value
    alike = float(np.cov(samples.T)[0, 1]) / both if both > _NONE else 0.0
    below = one.value - one.low, other.high - other.value
    above = one.high - one.value, other.value - other.low
    down, up = (np.sqrt(max(0.0, x**2 + y**2 - 2 * alike * x * y)) for x, y in (below, above))
    return gap - float(down), gap + float(up)


def _logit(values: NDArray, reach: NDArray) -> NDArray[np.float64]:
    """Half-widths below and above [2, C] of errors on the logit scale; 0 at 0 and 1."""
    inside = (values > 0) & (values < 1)
    centre = np.where(inside, values, 0.5)
    away = np.array([[-1], [1]]) * reach / (centre * (1 - centre))
    return np.where(inside, abs(expit(logit(centre) + away) - centre), 0.0)


def _newcombe(values: NDArray, sizes: NDArray) -> NDArray[np.float64]:
    """Half-widths [2, C] of areas, from the items of a class and the others, [2, C].

    Each limit is the area from which chance reaches just as far as the one seen.
    """
    inner, outer = np.tile(values, (2, 1)), np.repeat([[0.0], [1.0]], len(values), axis=1)
    for _ in range(_HALVINGS):
        middle = (inner + outer) / 2
        same = (1 - middle) / (2 - middle) + middle / (1 + middle)
        variance = middle * (1 - middle) * (1 + (sizes.mean(axis=0) - 1) * same)
        reached = (values - middle) ** 2 <= ndtri(_TAIL) ** 2 * variance / sizes.prod(axis=0)
        inner, outer = np.where(reached, middle, inner), np.where(reached, outer, middle)
    return abs(outer - values)
