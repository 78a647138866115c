"""Many comparisons at once: corrected p-values, and the ranks that they leave open."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from helpers.metrics.statistics.intervals import LEVEL

if TYPE_CHECKING:
    from helpers.metrics.paired_tests import Pair


def holm(p: NDArray) -> NDArray[np.float64]:
    """Correct p-values [T] for their number (Holm, 1979); NaN stays out of the count."""
    corrected = np.full(len(p), np.nan)
    order = np.argsort(p, kind="stable")[: np.isfinite(p).sum()]
    steps = p[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return corrected


def rank_intervals(
    pairs: Iterable["Pair"], candidates: int, lower_is_better: bool = False
) -> NDArray[np.int64]:
    """Best and worst rank [M, 2] that the tests leave open to each candidate, from 1.

    A candidate may be first unless another one is better by a corrected test, and so on: with the
    probability of the level, all true ranks lie inside together. (Percentiles of resampled ranks
    do not cover when candidates tie.)
    """
    better, worse = np.zeros(candidates, int), np.zeros(candidates, int)
    for pair in pairs:
        if pair.p_holm < 1 - LEVEL:
            winner, loser = (
                (pair.a, pair.b) if (pair.difference > 0) != lower_is_better else (pair.b, pair.a)
            )
            worse[winner] += 1
            better[loser] += 1
    return np.column_stack([1 + better, candidates - worse])
