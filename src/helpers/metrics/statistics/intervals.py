"""Intervals: Wilson for proportions, the bootstrap for the rest, by groups where there are any.

Which variant serves which metric was chosen by simulation of its coverage: see
tests/metrics/test_coverage.py.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr, ndtri, stdtrit

from helpers.metrics.statistics.bootstrap import group_codes, group_sums, resampled_sums

LEVEL = 0.95
FEW_GROUPS = 20
LEAST_UNITS = 3
"""Items or groups below which a resample says nothing."""


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval; value or limits are NaN where undefined: the note says why.

    ``method`` names the way the interval was made.
    """

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
    """Interval of a proportion (Wilson, 1927), vectorised in neither argument.

    Parameters
    ----------
    hits, total
        Successes among trials; not necessarily whole. Without trials the result is undefined.
    """
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
    limits = [2 * share / (1 + share) for share in _wilson(hits, either)]
    return Estimate(float(2 * hits / (predicted + actual)), *map(float, limits), "Wilson")


def bca(value: float, samples: NDArray, leave_out: NDArray, times: NDArray) -> tuple[float, float]:
    """Limits of the bias-corrected and accelerated bootstrap (Efron, 1987).

    Parameters
    ----------
    value
        The statistic on the data.
    samples
        The statistic on resamples [R], all finite.
    leave_out, times
        The statistic without one unit [U], and how many units [U] give it; NaN where undefined.
    """
    below = np.mean(samples < value) + np.mean(samples == value) / 2
    edge = 0.5 / len(samples)
    bias = ndtri(np.clip(below, edge, 1 - edge))
    known = np.isfinite(leave_out)
    kept, share = leave_out[known], times[known]
    away = (share @ kept / share.sum() - kept) if len(kept) else np.zeros(0)
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
    low, high = (value + factor * np.sqrt(units / (units - 1)) * (each - value) for each in limits)
    return float(min(low, value)), float(max(high, value))


def mean_intervals(
    losses: dict[str, NDArray],
    resamples: int = 2000,
    seed: int = 0,
    groups: NDArray | None = None,
) -> dict[str, Estimate]:
    """Estimate means over items, such as the log loss, by one BCa bootstrap.

    Parameters
    ----------
    losses
        Name and losses [N]; all are resampled alike.
    resamples, seed, groups
        Of the bootstrap; with groups [N], whole groups are drawn.
    """
    columns = np.column_stack([*losses.values()])
    codes, count = group_codes(groups, len(columns))
    sizes = group_sums(np.ones(len(columns)), codes, count)
    units = group_sums(columns, codes, count)
    drawn = resampled_sums(np.column_stack([units, sizes]), resamples, seed)
    left = (units.sum(axis=0) - units) / np.maximum(len(columns) - sizes, 1)[:, None]
    return {
        name: _mean(
            float(columns[:, k].mean()),
            drawn[:, k] / drawn[:, -1],
            left[:, k],
            groups,
        )
        for k, name in enumerate(losses)
    }


def _mean(value: float, samples: NDArray, left: NDArray, groups: NDArray | None) -> Estimate:
    if len(left) < LEAST_UNITS:
        units = "items" if groups is None else "groups"
        return undefined(f"only {len(left)} {units}: too few to resample", value)
    if np.ptp(left) == 0:
        return undefined("the same loss everywhere: nothing to resample", value)
    low, high = widened(value, bca(value, samples, left, np.ones(len(left))), len(left))
    low = max(0.0, low)
    if groups is None:
        return Estimate(value, low, high, "BCa bootstrap over items")
    return Estimate(value, low, high, "BCa cluster bootstrap over groups", few_groups(len(left)))


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

    Parameters
    ----------
    value, influence
        The number, and each item's influence on it [N] (the infinitesimal jackknife; for the
        ROC area this gives DeLong's variance).
    least
        Items of the rarest class: where nothing varies, Wilson's limits at so many trials.
    groups
        Of items that are not independent [N].
    note
        Kept in the estimate.
    """
    codes, count = group_codes(groups, len(influence))
    summed = group_sums(np.asarray(influence, dtype=float), codes, count)
    error = np.sqrt((summed**2).sum() * count / max(count - 1, 1)) / len(influence)
    if error == 0 or not 0 < value < 1:
        low, high = _wilson(value * least, least)
        return Estimate(value, float(low), float(high), "Wilson on the rarest class's items", note)
    reach = ndtri(quantiles()) * error / (value * (1 - value))
    low, high = expit(logit(value) + reach)
    name = "infinitesimal jackknife" if groups is None else "infinitesimal jackknife by group"
    return Estimate(value, float(low), float(high), f"{name}, logit scale", note)
