"""Intervals: Wilson for proportions, the bootstrap for the rest, by groups where there are any.

Which variant serves which metric was chosen by simulation of its coverage: see
tests/metrics/test_coverage.py.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr, ndtri, stdtrit

LEVEL = 0.95
TAILS = np.array([(1 - LEVEL) / 2, (1 + LEVEL) / 2])
FEW_GROUPS = 20
FEW_ERRORS = 3  # and few hits: up to so many, Wilson's limit beyond them does not hold
FEW_ITEMS = 50  # below which it dips on both sides, to 92 times in 100
LEAST_UNITS = 3  # items or groups needed to resample them
NO_WIDTH = 1e-6  # where nothing varies but rounding, there is no interval


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval and the method of that; ``note`` says why a NaN is one."""

    value: float
    low: float
    high: float
    method: str
    note: str = ""

    def capped(self, highest: float = 1.0, lowest: float = 0.0) -> "Estimate":
        """Cut the limits at the largest and the smallest possible value."""
        return replace(self, low=max(self.low, lowest), high=min(self.high, highest))


def undefined(note: str, value: float = np.nan) -> Estimate:
    """Make an estimate without an interval, or without even a value."""
    return Estimate(float(value), np.nan, np.nan, "none", note)


def too_few(count: int, units: str, value: float) -> Estimate:
    """Return a value without an interval, for want of units to resample."""
    few = units.removesuffix("s") if count == 1 else units
    return undefined(f"only {count} {few}: too few to resample", value)


def wilson(hits: float, total: float) -> Estimate:
    """Interval of a proportion (Wilson, 1927), its hits not necessarily whole.

    Up to ``FEW_ERRORS`` misses or hits, Wilson's limit beyond them is too close: with a true share
    of .99 it would hold 90 times in 100. Clopper and Pearson's (1934) takes its place there, and
    both of theirs below ``FEW_ITEMS``.
    """
    if total <= 0:
        return undefined("no item to count")
    z, share, misses = ndtri(TAILS[1]), hits / total, total - hits
    centre = (share + z**2 / (2 * total)) / (1 + z**2 / total)
    half = z * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2)) / (1 + z**2 / total)
    low, high, method = centre - half, centre + half, "Wilson"
    if hits > 0 and (hits <= FEW_ERRORS or total < FEW_ITEMS):
        low, method = min(low, betaincinv(hits, misses + 1, TAILS[0])), "Wilson, Clopper-Pearson"
    if misses > 0 and (misses <= FEW_ERRORS or total < FEW_ITEMS):
        high, method = max(high, betaincinv(hits + 1, misses, TAILS[1])), "Wilson, Clopper-Pearson"
    # Rounding must not leave the proportion outside its own interval.
    low, high = max(0.0, min(low, share)), min(1.0, max(high, share))
    return Estimate(float(share), float(low), float(high), method)


def f1_interval(hits: float, predicted: float, actual: float) -> Estimate:
    """Interval of one class's F1.

    Of the items that are of the class or predicted to be, the share that is both is a proportion
    J, and F1 = 2 J / (1 + J) rises with it: Wilson's limits of J give those of F1.
    """
    either = predicted + actual - hits
    if either <= 0:
        return undefined("neither in the test items nor predicted")
    both = wilson(hits, either)
    low, high = (2 * share / (1 + share) for share in (both.low, both.high))
    return Estimate(float(2 * hits / (predicted + actual)), low, high, "Wilson")


def bca(value: float, samples: NDArray, leave_out: NDArray, times: NDArray) -> tuple[float, float]:
    """Limits of the bias-corrected and accelerated bootstrap (Efron, 1987).

    ``samples`` [R] are the statistic on resamples, all finite; ``leave_out`` [U] is the statistic
    without one unit, NaN where undefined, and ``times`` [U] how many units give it.
    """
    # The bias correction: the share of resamples below the value, ties counting half.
    below = np.mean(samples < value) + np.mean(samples == value) / 2
    edge = 0.5 / len(samples)
    bias = ndtri(np.clip(below, edge, 1 - edge))
    # The acceleration: the skew of the leave-one-out values, where they are defined.
    defined = np.isfinite(leave_out)
    values, share = leave_out[defined], times[defined]
    away = (share @ values / share.sum() - values) if len(values) else np.zeros(0)
    spread = share[: len(away)] @ away**2
    skew = share @ away**3 / (6 * spread**1.5) if spread > 0 else 0.0
    reach = bias + ndtri(TAILS)
    low, high = np.quantile(samples, ndtr(bias + reach / (1 - skew * reach)))
    return float(low), float(high)


def wider(units: int) -> float:
    """How much further than a bootstrap's normal limits Student's t reaches for so few units."""
    # The bootstrap's variance divides by U, not by U - 1.
    return float(stdtrit(units - 1, TAILS[1]) / ndtri(TAILS[1]) * np.sqrt(units / (units - 1)))


def widened(value: float, limits: tuple[float, float], units: int) -> tuple[float, float]:
    """Move bootstrap limits away from the value, as Student's t has it for so few units."""
    low, high = (value + wider(units) * (limit - value) for limit in limits)
    return float(min(low, value)), float(max(high, value))


def bca_method(unit: str, count: int) -> tuple[str, str]:
    """Name the method of a BCa interval, and warn where its groups are few."""
    if unit == "items":
        return "BCa bootstrap over items", ""
    return "BCa cluster bootstrap over groups", few_groups(count)


def few_groups(count: int) -> str:
    """Warn where the groups are too few for a cluster bootstrap to be trusted."""
    warning = f"only {count} groups: the interval may be too narrow"
    return warning if count < FEW_GROUPS else ""
