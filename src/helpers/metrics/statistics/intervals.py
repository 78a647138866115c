"""Intervals: Wilson for proportions, the bootstrap for the rest, by groups where there are any.

Which variant serves which metric was chosen by simulation of its coverage: see
tests/metrics/test_coverage.py.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr, ndtri, stdtrit

from helpers.metrics.statistics.bootstrap import DEFAULT, Resampling, group_codes, group_sums

LEVEL = 0.95
FEW_GROUPS = 20
LEAST_UNITS = 3  # items or groups needed to resample them


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval and the method of that; ``note`` says why a NaN is one."""

    value: float
    low: float
    high: float
    method: str
    note: str = ""


def undefined(note: str, value: float = np.nan) -> Estimate:
    """Make an estimate without an interval, or without even a value."""
    return Estimate(float(value), np.nan, np.nan, "none", note)


def capped(estimate: Estimate, highest: float = 1.0) -> Estimate:
    """Cut the upper limit at the largest possible value."""
    return replace(estimate, high=min(estimate.high, highest))


def quantiles() -> NDArray[np.float64]:
    """Return the two tail probabilities of a 95 % interval."""
    return np.array([(1 - LEVEL) / 2, (1 + LEVEL) / 2])


def wilson(hits: float, total: float) -> Estimate:
    """Interval of a proportion (Wilson, 1927), its hits not necessarily whole."""
    if total <= 0:
        return undefined("no item to count")
    low, high = _wilson(hits, total)
    return Estimate(float(hits / total), float(low), float(high), "Wilson")


def _wilson(hits: float, total: float) -> tuple[float, float]:
    z = ndtri((1 + LEVEL) / 2)
    share = hits / total
    centre = (share + z**2 / (2 * total)) / (1 + z**2 / total)
    half = z * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2)) / (1 + z**2 / total)
    # Rounding must not leave the proportion outside its own interval.
    return max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))


def f1_interval(hits: float, predicted: float, actual: float) -> Estimate:
    """Interval of one class's F1.

    Of the items that are of the class or predicted to be, the share that is both is a proportion
    J, and F1 = 2 J / (1 + J) rises with it: Wilson's limits of J give those of F1.
    """
    either = predicted + actual - hits
    if either <= 0:
        return undefined("neither in the test items nor predicted")
    low, high = (float(2 * share / (1 + share)) for share in _wilson(hits, either))
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
    reach = bias + ndtri(quantiles())
    low, high = np.quantile(samples, ndtr(bias + reach / (1 - skew * reach)))
    return float(low), float(high)


def widened(value: float, limits: tuple[float, float], units: int) -> tuple[float, float]:
    """Move bootstrap limits away from the value, as Student's t has it for so few units.

    The second factor is the bootstrap's own shrinkage: its variance divides by U and not by U - 1.
    """
    factor = stdtrit(units - 1, (1 + LEVEL) / 2) / ndtri((1 + LEVEL) / 2)
    factor *= np.sqrt(units / (units - 1))
    low, high = (value + factor * (limit - value) for limit in limits)
    return float(min(low, value)), float(max(high, value))


def mean_intervals(
    losses: dict[str, NDArray], resampling: Resampling = DEFAULT
) -> dict[str, Estimate]:
    """Estimate means over items of losses [N], by name, with one BCa bootstrap for all."""
    columns = np.column_stack([*losses.values()])
    sizes, sums = resampling.sums(np.ones(len(columns))), resampling.sums(columns)
    drawn = resampling.drawn(np.column_stack([sums, sizes]))
    left = (sums.sum(axis=0) - sums) / np.maximum(len(columns) - sizes, 1)[:, None]
    return {
        name: _mean(
            float(columns[:, k].mean()), drawn[:, k] / drawn[:, -1], left[:, k], resampling.unit
        )
        for k, name in enumerate(losses)
    }


def _mean(value: float, samples: NDArray, left: NDArray, unit: str) -> Estimate:
    if len(left) < LEAST_UNITS:
        return undefined(f"only {len(left)} {unit}: too few to resample", value)
    if np.ptp(left) == 0:
        return undefined("the same loss everywhere: nothing to resample", value)
    low, high = widened(value, bca(value, samples, left, np.ones(len(left))), len(left))
    return Estimate(value, max(0.0, low), high, *bca_method(unit, len(left)))


def bca_method(unit: str, count: int) -> tuple[str, str]:
    """Name the method of a BCa interval, and warn where its groups are few."""
    if unit == "items":
        return "BCa bootstrap over items", ""
    return "BCa cluster bootstrap over groups", few_groups(count)


def few_groups(count: int) -> str:
    """Warn where the groups are too few for a cluster bootstrap to be trusted."""
    warning = f"only {count} groups: the interval may be too narrow"
    return warning if count < FEW_GROUPS else ""


def share_interval(
    value: float,
    influence: NDArray,
    least: float,
    groups: NDArray | None = None,
    note: str = "",
) -> Estimate:
    """Estimate a number between 0 and 1, such as the area under the ROC curve, on the logit scale.

    ``influence`` [N] is each item's on the number (the infinitesimal jackknife; for the ROC area
    this gives DeLong's variance). Where nothing varies, Wilson's limits at as many trials as the
    rarest class has items, ``least``. Items of one of the ``groups`` [N] are not independent.
    """
    summed = group_sums(influence, *group_codes(groups, len(influence)))
    count = len(summed)
    error = np.sqrt((summed**2).sum() * count / max(count - 1, 1)) / len(influence)
    if error == 0 or not 0 < value < 1:
        low, high = _wilson(value * least, least)
        return Estimate(value, float(low), float(high), "Wilson on the rarest class's items", note)
    reach = ndtri(quantiles()) * error / (value * (1 - value))
    low, high = expit(logit(value) + reach)
    name = "infinitesimal jackknife" + " by group" * (groups is not None)
    return Estimate(value, float(low), float(high), f"{name}, logit scale", note)
