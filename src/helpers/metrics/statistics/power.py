"""Statistical power: the smallest detectable difference, and the items that one needs."""

import numpy as np
from scipy.special import stdtrit

from helpers.metrics.statistics.intervals import LEVEL

POWER = 0.8


def detectable_difference(error: float, alpha: float = 1 - LEVEL, freedom: float = np.inf) -> float:
    """Smallest true difference that a two-sided test finds with 80 % power.

    ``error`` is the standard error on the items at hand, in the metric's unit; ``alpha`` is less
    than 0.05 where several tests are made, ``freedom`` finite where few units differ.
    """
    return (stdtrit(freedom, 1 - alpha / 2) + stdtrit(freedom, POWER)) * error


def items_needed(
    difference: float, error: float, items: int, alpha: float = 1 - LEVEL, freedom: float = np.inf
) -> float:
    """Count the items that find a difference with 80 % power; infinite for no difference.

    ``error`` is the standard error on ``items``; the rest is as in ``detectable_difference``.
    """
    if difference == 0:
        return np.inf
    return np.ceil(items * (detectable_difference(error, alpha, freedom) / difference) ** 2)
