"""Selective prediction: the error rate of the predictions that a candidate is most confident of.

With a threshold, a candidate answers only where its confidence is high enough. Its coverage is the
share of the items answered, its risk their mean loss; the area under the risk-coverage curve (AURC;
Geifman et al., 2019) is small where the errors have low confidence.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, stdtrit

from helpers.metrics.statistics.bootstrap import DEFAULT, Resampling
from helpers.metrics.statistics.intervals import NO_WIDTH, TAILS, Estimate, few_groups, wilson

POINTS = 100


@dataclass(frozen=True)
class Selective:
    """Areas with their intervals, and the curve.

    ``excess`` is the area beyond that of a perfect order of the same losses. ``coverage`` [P] runs
    up to 1; ``risk`` with its ``low`` and ``high`` [P] is that of the items answered there.
    """

    area: Estimate
    excess: Estimate
    coverage: NDArray[np.float64]
    risk: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def risk_coverage(
    confidence: NDArray, losses: NDArray, resampling: Resampling = DEFAULT
) -> Selective:
    """Draw the curve of a candidate and estimate its areas.

    Items of equal confidence [N] count in every order. No loss [N] is negative: 1 for an error and
    0 for a hit, or any other. Errors without groups give the curve Wilson's limits.
    """
    confidence, losses = np.asarray(confidence, dtype=float), np.asarray(losses, dtype=float)
    value, influence = area(confidence, losses)
    best, of_best = area(-losses, losses)
    return Selective(
        _estimate(value, influence, losses, resampling),
        _estimate(max(0.0, value - best), influence - of_best, losses, resampling),
        *_curve(confidence, losses, resampling),
    )


def area(confidence: NDArray, losses: NDArray) -> tuple[float, NDArray[np.float64]]:
    """Area under the risk-coverage curve, and each item's influence on it, [N], of mean 0.

    Without ties the area is the mean over k of the mean loss of the k surest items; with ties it
    is that mean over every order of the items that tie. The influence is the derivative by the
    item's weight times N (the infinitesimal jackknife).
    """
    losses, size = np.asarray(losses, dtype=float), len(losses)
    _, tie = np.unique(-np.asarray(confidence, dtype=float), return_inverse=True)
    count, lost = np.bincount(tie), np.bincount(tie, losses)
    after = count.cumsum()
    before, earlier, rate = after - count, lost.cumsum() - lost, lost / count
    harmonic = np.append(0, np.cumsum(1 / np.arange(1, size + 1)))
    steps = harmonic[after] - harmonic[before]
    # The j-th of a tie's items is answered when (earlier + j * rate) of (before + j) are.
    bend = earlier - rate * before
    value = float((lost + bend * steps).sum() / size)
    moved = bend * (1 / after - 1 / np.maximum(before, 1)) - rate * steps
    later = moved[::-1].cumsum()[::-1] - moved + (bend / after)
    own = losses * (1 + (harmonic[size] - harmonic[after])[tie]) + later[tie]
    own -= (losses - rate[tie]) * (before / count * steps)[tie]
    return value, own - own.mean()


def _estimate(
    value: float, influence: NDArray, losses: NDArray, resampling: Resampling
) -> Estimate:
    """Make limits on the logarithmic scale, with Student's t for as many errors as were seen."""
    grouped, summed = resampling.groups is not None, resampling.sums(influence)
    units = len(summed)
    error = np.sqrt((summed**2).sum() * units / max(units - 1, 1)) / len(losses)
    most, note = float(losses.max()), few_groups(units) if grouped else ""
    if error < 1e-12 or value <= 0:
        most = most or 1.0
        high = most * wilson(value / most * units, units).high
        return Estimate(value, 0.0, max(high, value), "Wilson on all items", note)
    errors = losses.sum() ** 2 / (losses**2).sum()  # as many equal losses would count alike
    low, high = value * np.exp(stdtrit(max(errors - 1, 2), TAILS) * error / value)
    name = "infinitesimal jackknife" + " by group" * grouped
    return Estimate(value, float(low), float(min(high, most)), f"{name}, log scale", note)


def _curve(
    confidence: NDArray, losses: NDArray, resampling: Resampling
) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Coverage, risk and its limits with the most confident 1 %, 2 %, ... of items answered."""
    _, tie = np.unique(-confidence, return_inverse=True)
    after = np.bincount(tie).cumsum()[tie]
    _, part = np.unique(np.ceil(POINTS * after / len(after)), return_inverse=True)
    table = np.eye(part.max() + 1)[part]
    items, lost = table.sum(axis=0).cumsum(), (losses @ table).cumsum()
    if resampling.groups is None and set(np.unique(losses)) <= {0.0, 1.0}:
        shares = [wilson(*pair) for pair in zip(lost, items, strict=True)]
        low, high = np.array([(interval.low, interval.high) for interval in shares]).T
        return items / len(losses), lost / items, low, high
    units = resampling.sums(np.hstack([table, losses[:, None] * table]))
    count, loss = np.split(resampling.drawn(units), 2, axis=1)
    count, loss = count.cumsum(axis=1), loss.cumsum(axis=1)
    risks = np.divide(loss, count, out=np.zeros_like(loss), where=count > 0)
    risk, most = lost / items, float(losses.max()) or 1.0
    seen = (units[:, : table.shape[1]].cumsum(axis=1) > 0).sum(axis=0)
    hits, limits = risk / most * seen, np.quantile(risks, TAILS, axis=0)
    # Few groups: Student's t, and the logarithmic scale, as their errors are skewed.
    away = stdtrit(max(len(units) - 1, 1), TAILS[:, None]) * risks.std(axis=0)
    logs = risk * np.exp(np.divide(away, risk, out=np.zeros_like(away), where=risk > 0).clip(-3, 3))
    limits = np.sort([limits, risk + away, logs], axis=0)[[0, -1], [0, 1]]
    alike = most * betaincinv(hits + 0.5, seen - hits + 0.5, TAILS[:, None])  # Jeffreys's
    low, high = np.where(np.ptp(limits, axis=0) < NO_WIDTH, alike, limits)
    return items / len(losses), risk, np.clip(low, 0, risk), np.clip(high, risk, most)
