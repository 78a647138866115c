"""What more labels would bring: a learning curve, extended by a power law (Cortes et al., 1993)."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from helpers.core.records.training import LearningCurve
from helpers.metrics.names import amount
from helpers.metrics.registry import lower_is_better

WIDER = 1.2  # resampled items do not redraw what is learned from; its test counts the hits
LARGEST = 1.0  # exponent
TAILS = 0.025, 0.975


def extended(metric: str, items: int, sizes: NDArray, values: NDArray) -> LearningCurve:
    """Extend the values of a metric [1 + R, S], as measured and resampled, to twice the items."""
    sign = -1 if lower_is_better(metric) else 1
    shares, weights, top = sizes / items, sizes**0.25, 0.0 if sign < 0 else 1.0
    law = np.zeros((len(values), 3))
    for row, ours in zip(law, sign * values, strict=True):
        start = min(ours[-1], top), 0.01, 0.5
        row[:] = least_squares(
            lambda x, ours=ours: weights * (x[0] - x[1] * shares ** -x[2] - ours),
            start,
            bounds=([-np.inf, 0, 0.1], [top + 1e-9, np.inf, LARGEST]),
        ).x
    gains = law[:, 1] * (1 - 2 ** -law[:, 2])
    low, high = gains[0] + WIDER * (np.quantile(gains, TAILS) - gains[0])
    limits = values[0] + WIDER * (np.quantile(values, TAILS, axis=0) - values[0])
    numbers = {"sizes": sizes, "values": values[0], "low": limits[0], "high": limits[1]}
    numbers |= {"law": law[0] * (sign, sign, 1)}
    numbers |= {"gain": np.array([gains[0], min(max(low, 0.0), gains[0]), max(high, gains[0])])}
    lists = {name: each.tolist() for name, each in numbers.items()}
    return LearningCurve(metric=metric, items=items, **lists)


def sentence(curve: LearningCurve, name: str) -> str:
    """Say what twice the labels would bring a candidate, or why that is not known."""
    if curve.reason:
        return f"What more labels would bring {name} is not known: {curve.reason}."
    gain, low, high = (amount(each, curve.metric) for each in curve.gain)
    return (
        f"Twice the labels ({2 * curve.items:,} items to learn from in place of {curve.items:,}) "
        f"would bring {name} about {gain} ({low.split()[0]} to {high.split()[0]})."
    )
