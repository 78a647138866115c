"""What more labels would bring: a learning curve, extended by a power law (Cortes et al., 1993)."""

import numpy as np
from numpy.typing import NDArray

from helpers.core.records.training import LearningCurve
from helpers.metrics.names import amount
from helpers.metrics.registry import lower_is_better

WIDER, OF_POINTS = 1.45, 1.3  # resampled items do not redraw what is learned from
LUCK = 1 / 6  # which moves small parts more: the exponent of their share
EXPONENTS = np.arange(10, 101) / 100
TAILS = 0.025, 0.975


def extended(metric: str, items: int, sizes: NDArray, values: NDArray) -> LearningCurve:
    """Extend the values of a metric [1 + R, S], as measured and resampled, to twice the items."""
    sign = -1 if lower_is_better(metric) else 1
    law = _fitted(sizes / items, sign * values, 0.0 if sign < 0 else 1.0)
    gains = law[:, 1] * (1 - 2 ** -law[:, 2])
    low, high = gains[0] + WIDER * (np.quantile(gains, TAILS) - gains[0])
    reach = OF_POINTS * (sizes / sizes.max()) ** -LUCK
    limits = values[0] + reach * (np.quantile(values, TAILS, axis=0) - values[0])
    numbers = {"sizes": sizes, "values": values[0], "low": limits[0], "high": limits[1]}
    numbers |= {"law": law[0] * (sign, sign, 1)}
    numbers |= {"gain": np.array([gains[0], min(max(low, 0.0), gains[0]), max(high, gains[0])])}
    lists = {name: each.tolist() for name, each in numbers.items()}
    return LearningCurve(metric=metric, items=items, **lists)


def _fitted(shares: NDArray, values: NDArray, top: float) -> NDArray[np.float64]:
    """Fit level (at most ``top``), scale (0 or more) and exponent to each row of values [V, S].

    Parts count by the root of their size. With the exponent given the rest is linear: all are
    tried, and where a bound is crossed, the best lies on one of them.
    """
    weights, powers = np.sqrt(shares), shares ** -EXPONENTS[:, None]
    mean, middle = values @ weights / weights.sum(), powers @ weights / weights.sum()
    away, bent = (values - mean[:, None]) * weights, powers - middle[:, None]
    scale = -(bent @ away.T) / (bent**2 @ weights)[:, None]
    level = mean + scale * middle[:, None]
    at_top = ((top - values) * weights @ powers.T).T / (powers**2 @ weights)[:, None]
    flat = np.minimum(mean, top) + 0 * scale
    tried = [(level, scale), (top + 0 * scale, np.maximum(at_top, 0)), (flat, 0 * scale)]
    every = np.array(tried)  # [3, 2, E, V]
    off = every[:, 0, :, :, None] - every[:, 1, :, :, None] * powers[:, None] - values
    loss = (off**2 @ weights) + np.where((every[:, 0] > top + 1e-9) | (every[:, 1] < 0), np.inf, 0)
    kind, place = np.unravel_index(loss.reshape(-1, len(values)).argmin(axis=0), loss.shape[:2])
    row = np.arange(len(values))
    return np.column_stack([*every[kind, :, place, row].T, EXPONENTS[place]])


def sentence(curve: LearningCurve, name: str) -> str:
    """Say what twice the labels would bring a candidate, or why that is not known."""
    if curve.reason:
        return f"What more labels would bring {name} is not known: {curve.reason}."
    gain, low, high = (amount(each, curve.metric) for each in curve.gain)
    return (
        f"If the curve goes on as it has, twice the labels ({2 * curve.items:,} items to learn "
        f"from in place of {curve.items:,}) would bring {name} about {gain} "
        f"({low.split()[0]} to {high.split()[0]})."
    )
