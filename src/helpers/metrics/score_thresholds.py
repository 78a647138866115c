"""Scores chosen on held-out items: that puts a class into a set, and that flags an item."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import betabinom
from sklearn.metrics import roc_curve

from helpers.metrics.statistics.bootstrap import Resampling


def of_sets(own: NDArray, level: float, resampling: Resampling) -> float:
    """Choose the score from which a class is in a set, for sets to hold the right one that often.

    Split conformal prediction (Sadinle, Lei and Wasserman, 2019) from the scores of items for
    their own class [N], groups counted by ``units``; -infinity, for every class, if too few.
    """
    rank = int(np.ceil(level * len(own) * (1 + 1 / units(len(own), resampling)) - 1e-9))
    return float(np.sort(own)[-rank]) if rank <= len(own) > 0 else -np.inf


def units(items: int, resampling: Resampling) -> float:
    """Count independent items; groups of many or of uneven sizes are worth fewer (Kish, 1965)."""
    return max(items, 1) ** 2 / max(float((resampling.sums(np.ones(items)) ** 2).sum()), 1.0)


def rarely_below(level: float, held_out: float, tested: float) -> float:
    """Return the coverage of tested units that chance alone brings less than once in 200 times."""
    rank = min(np.ceil((held_out + 1) * level - 1e-9), held_out)
    return float(betabinom(int(tested), rank, held_out + 1 - rank).ppf(0.005)) / int(tested)


def of_flag(scores: NDArray, true: NDArray, aim: str, goal: Any) -> float:
    """Choose the highest score [N] of a recall, of least cost, or of most recall at a precision.

    It is NaN if none reaches the aim, and infinite if it is best to flag nothing.
    """
    if true.all() or not true.any():
        return np.nan
    false, found, least = roc_curve(true, scores, drop_intermediate=False)
    found, false = np.rint(found * true.sum()), np.rint(false * (~true).sum())
    if aim == "cost":
        missed = goal["false_negative"] * (true.sum() - found)
        return float(least[(goal["false_positive"] * false + missed).argmin()])
    reached = found / (true.sum() if aim == "recall" else np.maximum(found + false, 1))
    good = np.flatnonzero(reached >= goal - 1e-12)
    if aim == "precision":
        good = good[found[good] == found[good].max(initial=0)]
    return float(least[good[0]]) if len(good) else np.nan
