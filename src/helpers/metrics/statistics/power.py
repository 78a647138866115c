"""What so many items can show: the smallest difference, and the items that one would take."""

import numpy as np
from scipy.special import stdtrit

from helpers.metrics.statistics.intervals import LEVEL

POWER = 0.8


def detectable_difference(error: float, alpha: float = 1 - LEVEL, freedom: float = np.inf) -> float:
    """Smallest true difference that a two-sided test finds in 80 % of tries.

    Parameters
    ----------
    error
        Standard error of the difference on the items at hand, in the metric's unit.
    alpha
        The level of the test; less than 0.05 where several are made.
    freedom
        Its degrees of freedom, where few units differ.
    """
    return _reach(alpha, freedom) * error


def items_needed(
    difference: float,
    error: float,
    items: int,
    alpha: float = 1 - LEVEL,
    freedom: float = np.inf,
) -> float:
    """Count the items that would find a difference in 80 % of tries; infinite for none at all.

    Parameters
    ----------
    difference, error
        Of the pair, and its standard error on ``items`` items.
    alpha, freedom
        As in ``detectable_difference``.
    """
    if difference == 0:
        return np.inf
    return np.ceil(items * (_reach(alpha, freedom) * error / difference) ** 2)


def _reach(alpha: float, freedom: float = np.inf) -> float:
    """Return how many standard errors away a difference is found in 80 % of tries."""
    return stdtrit(freedom, 1 - alpha / 2) + stdtrit(freedom, POWER)


def items_for_accuracy(difference: float, disagreement: float) -> int:
    """Count the items that find a difference in accuracy in 80 % of tries.

    Parameters
    ----------
    difference
        In accuracy, such as 0.02 for two points.
    disagreement
        Share of the items that only one of the two has right.
    """
    return int(np.ceil(_reach(1 - LEVEL) ** 2 * (disagreement - difference**2) / difference**2))
