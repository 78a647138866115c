"""Several seeds: how much of a score is the luck of training, and how much the luck of the items.

Each seed's run answers the same items, so the scores y[seed, item] form a two-way table without
repeats: y = mean + seed + item + rest, all but the mean random (Searle et al., 1992, chapter 4).
The two kinds of luck are estimated apart; a single bar would mix what more runs can mend with
what only more items can.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, stdtr, stdtrit

from helpers.metrics.statistics.intervals import LEVEL


@dataclass(frozen=True)
class Components:
    """Standard deviations, in the metric's unit, of one run's score on as many items.

    ``value`` is the mean over ``seeds`` runs; ``low`` and ``high`` hold the mean over all runs and
    items that could have been drawn. ``training`` is the spread from run to run that no number of
    items removes, with its own interval; ``sampling`` the spread that other items of the same
    number would bring; ``together`` that of one run on one draw of items.
    """

    seeds: int
    items: int
    value: float
    low: float
    high: float
    training: float
    training_low: float
    training_high: float
    sampling: float
    together: float

    @property
    def share(self) -> float:
        """Return the part of one run's variance that is training's, 0 to 1."""
        return (self.training / self.together) ** 2 if self.together else 0.0


@dataclass(frozen=True)
class _Table:
    """Mean squares of a two-way table and what follows from them."""

    seeds: int
    items: int
    value: float
    by_seed: float
    by_item: float
    rest: float

    @property
    def training(self) -> float:
        """Variance of the true score from seed to seed; noise may put it below 0."""
        return (self.by_seed - self.rest) / self.items


def _mean_squares(scores: NDArray) -> _Table:
    seeds, items = scores.shape
    value = float(scores.mean())
    of_seed, of_item = scores.mean(axis=1) - value, scores.mean(axis=0) - value
    rest = scores - value - of_seed[:, None] - of_item
    return _Table(
        seeds,
        items,
        value,
        by_seed=float(items * (of_seed**2).sum() / (seeds - 1)),
        by_item=float(seeds * (of_item**2).sum() / (items - 1)),
        rest=float((rest**2).sum() / ((seeds - 1) * (items - 1))),
    )


def components(scores: NDArray) -> Components:
    """Part the variance of training from that of the test items.

    A run is a row and a unit (an item, or a group) a column of the scores, float [S, U], S and U at
    least 2: right or wrong, a loss, or ``UnitContributions.pseudo_values`` for any other metric.
    The interval of ``training`` takes the seeds' effects for normal: with three seeds it is as wide
    as it looks. That of ``value`` is Satterthwaite's.
    """
    t = _mean_squares(np.asarray(scores, dtype=float))
    spread = [(t.seeds - 1) * t.by_seed / chdtri(t.seeds - 1, tail) for tail in _tails()]
    low, high = (float(np.sqrt(max(0.0, (each - t.rest) / t.items))) for each in spread)
    of_item = max(0.0, (t.by_item - t.rest) / t.seeds)
    sampling, training = (of_item + t.rest) / t.items, max(0.0, t.training)
    reach = _reach([(t.by_seed, t.seeds - 1), (t.by_item, t.items - 1)], -t.rest)
    reach /= np.sqrt(t.seeds * t.items)
    return Components(
        seeds=t.seeds,
        items=t.items,
        value=t.value,
        low=t.value - reach,
        high=t.value + reach,
        training=float(np.sqrt(training)),
        training_low=low,
        training_high=high,
        sampling=float(np.sqrt(sampling)),
        together=float(np.sqrt(training + sampling)),
    )


def contrast(a: NDArray, b: NDArray) -> tuple[float, float, float, float]:
    """Compare the means of two families of runs over the same items, both kinds of luck counted.

    The runs are as in ``components``, [S, U] and [T, U]; a family of one run counts as having no
    luck of training of its own. Returns the difference, a minus b, its limits and a two-sided p.
    """
    difference = float(a.mean() - b.mean())
    items = a.shape[1]
    gap = a.mean(axis=0) - b.mean(axis=0)
    parts, known = [(float(gap.var(ddof=1)) / items, items - 1)], 0.0
    for each in (a, b):
        if len(each) > 1:
            t = _mean_squares(each)
            parts.append((t.by_seed / (items * t.seeds), t.seeds - 1))
            known -= t.rest / (items * t.seeds)
    error, freedom = _error(parts, known)
    reach = stdtrit(freedom, (1 + LEVEL) / 2) * error
    p = 2 * stdtr(freedom, -abs(difference) / error) if error else float(difference == 0)
    return difference, difference - float(reach), difference + float(reach), float(p)


def _reach(parts: list[tuple[float, int]], known: float) -> float:
    error, freedom = _error(parts, known)
    return float(stdtrit(freedom, (1 + LEVEL) / 2) * error)


def _error(parts: list[tuple[float, int]], known: float) -> tuple[float, float]:
    """Root of a sum of mean squares, never less than the largest, and its degrees of freedom."""
    total = max(sum(square for square, _ in parts) + known, max(square for square, _ in parts))
    below = sum(square**2 / freedom for square, freedom in parts)
    return float(np.sqrt(total)), total**2 / below if below else np.inf


def _tails() -> tuple[float, float]:
    """Upper tails of chi-squared that give the low, then the high limit of a variance."""
    return (1 - LEVEL) / 2, (1 + LEVEL) / 2
