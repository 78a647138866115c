"""Comparisons with the best (Gupta, 1965; Hsu, 1984): which candidates may be the best one.

That asks less than which pairs differ, so that fewer stay open at the same promise: whichever is
truly best is kept with a probability of 95 %.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from helpers.metrics.statistics.intervals import LEVEL, TAILS


def levels(values: NDArray, samples: NDArray, sign: float = 1.0) -> NDArray[np.float64]:
    """Return the level at which a two-sided test must find another one better than each, [M].

    It is that of the one-sided 95 % quantile of the largest standardised lead over a candidate on
    resamples [R, M], and at most 5 %. Where lower values [M] are better, the ``sign`` is -1.
    """
    defined, found = np.isfinite(values), np.full(len(values), 1 - LEVEL)
    moved = sign * (samples - values)[:, defined]
    moved = moved[np.isfinite(moved).all(axis=1)]
    for place, k in enumerate(np.flatnonzero(defined) if len(moved) else ()):
        gaps = moved - moved[:, [place]]
        apart = (spread := gaps.std(axis=0)) > 1e-9  # all but itself and its copies
        largest = (gaps[:, apart] / spread[apart]).max(axis=1, initial=0.0)
        found[k] = 2 * ndtr(-max(np.quantile(largest, LEVEL), ndtri(TAILS[1])))
    return found
