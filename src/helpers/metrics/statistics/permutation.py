"""The exact test where few units differ: swap two candidates' answers unit by unit.

If two candidates are alike, whose answer is whose is a coin's toss in each unit (an item, or a
whole group). The share of all swaps with a difference as large as the one seen is an exact p
(Fisher, 1935; Noreen, 1989), however few the units and whatever the metric.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

EXACT = 12  # up to so many differing units, every swap is tried; beyond, as many swaps at random
SWAPS = 2**EXACT


def swap_test(a: NDArray, b: NDArray, metric: Callable[[NDArray], NDArray], seed: int = 0) -> float:
    """Test whether two candidates' metric differs by more than swapping their answers explains.

    ``a`` and ``b`` [U, C] are what each unit adds to the candidates' sums; ``metric`` takes sums
    [..., C] to values [...], where NaN counts as no difference. The seed is that of swaps too many
    to try all. The p is two-sided, with D differing units never below ``least_p(D)``.
    """
    apart = np.flatnonzero((a != b).any(axis=1))
    moves = (np.asarray(b, dtype=float) - a)[apart]
    if not len(moves):
        return 1.0
    if exact := len(moves) <= EXACT:
        swapped = every_swap(len(moves))
    else:
        random = np.random.default_rng(seed)
        swapped = random.integers(0, 2, (SWAPS - 1, len(moves))).astype(float)
    moved = swapped @ moves
    gaps = abs(metric(a.sum(axis=0) + moved) - metric(b.sum(axis=0) - moved))
    seen = abs(metric(a.sum(axis=0)) - metric(b.sum(axis=0)))
    if not np.isfinite(seen):
        return np.nan
    reached = int(np.sum(np.nan_to_num(gaps) >= seen - 1e-12))
    return reached / len(gaps) if exact else (1 + reached) / (1 + len(gaps))


def every_swap(units: int) -> NDArray[np.float64]:
    """Write all ways to swap some of the units, 0 or 1, [2**U, U]."""
    return (np.arange(2**units)[:, None] >> np.arange(units) & 1).astype(float)


def least_p(units: int) -> float:
    """Give the smallest p of a test by swaps of so many units."""
    return float(min(1.0, 2.0 ** (1 - units)))
