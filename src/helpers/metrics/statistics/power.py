"""Statistical power: the smallest detectable difference, and the items that one needs."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import bdtr, nctdtrinc, ndtri, stdtrit
from scipy.stats import binom, binomtest

from helpers.metrics.statistics.intervals import LEVEL

POWER = 0.8
_MANY = 100  # disagreements from which on the exact test is nearly that of a normal


@dataclass(frozen=True)
class Power:
    """What a paired test on so many items can find.

    ``error`` is the standard error of the difference, in the metric's unit, ``freedom`` the degrees
    of freedom of its t test. The exact McNemar test has ``disagreement`` in their place, the share
    of items that only one of the two gets right; a test that swaps whole ``units`` needs enough.
    No true difference is above ``most``.
    """

    items: float
    error: float
    freedom: float = 1e6
    units: float = np.inf
    disagreement: float | None = None
    most: float = np.inf

    def detectable(self, alpha: float = 1 - LEVEL) -> float:
        """Smallest true difference that the two-sided test finds with 80 % power, or infinity."""
        if min(self.units, self.items) < least_units(alpha):
            return np.inf
        if self.disagreement is None:
            # The noncentral t that falls below the critical value as often as the test may miss.
            critical = stdtrit(self.freedom, 1 - alpha / 2)
            found = self.error * float(nctdtrinc(self.freedom, 1 - POWER, critical))
            return found if found <= self.most else np.inf
        shared, usual = (self.disagreement, self.items, alpha), ndtri(1 - alpha / 2) + ndtri(POWER)
        reach = usual * np.sqrt(self.disagreement / (self.items + usual**2))
        if self.items * self.disagreement > _MANY:
            return float(reach + 1 / self.items)  # whole items: half of a step of two, on average
        most = min(1.0, 2 * reach + 30 * usual / self.items)
        gap = brentq(lambda d: mcnemar_power(d, *shared) - POWER, 1e-9, most, xtol=1e-4 * most)
        return float(gap)

    def items_needed(self, difference: float, alpha: float = 1 - LEVEL) -> float:
        """Count the items that find a true difference with 80 % power; infinite for none."""
        needed = self.items
        for _ in range(3):  # items grow with the square of what is to be found, nearly
            error, ratio = self.error * np.sqrt(self.items / needed), needed / self.items
            freedom = max(1.0, (self.freedom + 1) * ratio - 1)
            more = {"items": needed, "error": error, "freedom": freedom}
            there = replace(self, **more, units=np.inf, most=np.inf)
            needed = np.maximum(
                least_units(alpha), needed * (there.detectable(alpha) / difference) ** 2
            )
            if not needed < 1e9:
                return float(needed if np.isnan(needed) else np.inf)
        return float(np.ceil(needed))


def least_units(alpha: float) -> int:
    """Count the units that a test by swaps needs: with fewer, no p is below the level."""
    return int(np.ceil(1 - np.log2(alpha)))


def mcnemar(right_a: NDArray, right_b: NDArray) -> float:
    """Test, exactly, whether two candidates are right, bool [N], equally often (McNemar, 1947)."""
    only_a = int(np.sum(right_a & ~right_b))
    differ = int(np.sum(right_a != right_b))
    return float(binomtest(only_a, differ).pvalue) if differ else 1.0


def mcnemar_power(difference: float, disagreement: float, items: float, alpha: float) -> float:
    """Chance that the exact McNemar test finds a true difference between two accuracies.

    They disagree on this share of the items, or on as many more as it needs; each number of
    disagreements counts by its chance, times that of a significant split.
    """
    whole, share = round(items), min(1.0, max(disagreement, difference))
    middle, reach = whole * share, 5 * np.sqrt(whole * share * (1 - share)) + 1
    counts = np.arange(max(0, int(middle - reach)), min(whole, int(middle + reach)) + 1)
    lost = _most_lost(2 ** int(counts[-1]).bit_length(), alpha)[counts]
    favoured = (1 + difference / share) / 2
    found = bdtr(lost, counts, 1 - favoured) + bdtr(lost, counts, favoured)
    chance = np.diff(bdtr(counts, whole, share), prepend=0.0)
    return float(np.where(lost < 0, 0.0, found) @ chance)


@lru_cache(maxsize=256)
def _most_lost(most: int, alpha: float) -> np.ndarray:
    """Of 0 to ``most`` disagreements, how many the better one may lose; -1 where none."""
    counts = np.arange(most + 1)
    lost = binom.ppf(alpha / 2, counts, 0.5)
    return lost - (bdtr(lost, counts, 0.5) > alpha / 2)
