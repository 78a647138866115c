"""What so many items can show: the smallest difference, and the items that one would take."""

import numpy as np
from scipy.special import ndtri

from helpers.metrics.intervals import LEVEL

POWER = 0.8
_REACH = ndtri((1 + LEVEL) / 2) + ndtri(POWER)


def detectable_difference(error: float) -> float:
    """Smallest true difference that a two-sided 5 % test finds in 80 % of tries.

    Parameters
    ----------
    error
        Standard error of the difference on the items at hand, in the metric's unit.
    """
    return _REACH * error


def items_needed(difference: float, error: float, items: int) -> float:
    """Count the items that would find a difference in 80 % of tries; infinite for none at all.

    Parameters
    ----------
    difference, error
        Of the pair, and its standard error on ``items`` items.
    """
    if difference == 0:
        return np.inf
    return np.ceil(items * (_REACH * error / difference) ** 2)


def items_for_accuracy(difference: float, disagreement: float) -> int:
    """Count the items that find a difference in accuracy in 80 % of tries.

    Parameters
    ----------
    difference
        In accuracy, such as 0.02 for two points.
    disagreement
        Share of the items that only one of the two has right.
    """
    return int(np.ceil(_REACH**2 * (disagreement - difference**2) / difference**2))
