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

from helpers.metrics.statistics.intervals import LEAST_UNITS, TAILS
from helpers.metrics.statistics.permutation import least_p


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


def _mean_squares(scores: NDArray) -> tuple[float, float, float]:
    """Mean squares of a two-way table: by seed, by item, and of the rest."""
    seeds, items = scores.shape
    value = float(scores.mean())
    of_seed, of_item = scores.mean(axis=1) - value, scores.mean(axis=0) - value
    rest = scores - value - of_seed[:, None] - of_item
    by_seed = float(items * (of_seed**2).sum() / (seeds - 1))
    by_item = float(seeds * (of_item**2).sum() / (items - 1))
    return by_seed, by_item, float((rest**2).sum() / ((seeds - 1) * (items - 1)))


def components(scores: NDArray) -> Components:
    """Part the variance of training from that of the test items.

    A run is a row and a unit (an item, or a group) a column of the scores, float [S, U], S at
    least 2: right or wrong, a loss, or ``UnitContributions.pseudo_values`` for any other metric.
    One unit shows no spread: all but the mean is NaN.
    The interval of ``training`` takes the seeds' effects for normal: with three seeds it is as wide
    as it looks. That of ``value`` is Satterthwaite's, or that of the seeds' spread alone if wider:
    few runs may agree by chance.
    """
    scores = np.asarray(scores, dtype=float)
    (seeds, items), value = scores.shape, float(scores.mean())
    if items < 2:
        return Components(seeds, items, value, *[np.nan] * 7)
    by_seed, by_item, rest = _mean_squares(scores)
    # The upper tails of chi-squared give the low, then the high limit of a variance.
    squares = [(seeds - 1) * by_seed / chdtri(seeds - 1, tail) for tail in TAILS]
    low, high = (float(np.sqrt(max(0.0, (square - rest) / items))) for square in squares)
    training = max(0.0, (by_seed - rest) / items)
    sampling = (max(0.0, (by_item - rest) / seeds) + rest) / items
    error, freedom = _error([(by_seed, seeds - 1), (by_item, items - 1)], -rest)
    reaches = [stdtrit(freedom, TAILS[1]) * error, stdtrit(seeds - 1, TAILS[1]) * np.sqrt(by_seed)]
    reach = float(max(reaches) / np.sqrt(seeds * items))
    return Components(
        seeds=seeds,
        items=items,
        value=value,
        low=value - reach,
        high=value + reach,
        training=float(np.sqrt(training)),
        training_low=low,
        training_high=high,
        sampling=float(np.sqrt(sampling)),
        together=float(np.sqrt(training + sampling)),
    )


def contrast(
    a: NDArray, b: NDArray, least: float = 0.0
) -> tuple[float, float, float, float, float, float]:
    """Compare the means of two families of runs over the same items, both kinds of luck counted.

    The runs are as in ``components``, [S, U] and [T, U]. A single run shows nothing of the luck in
    its training and counts as varying like the runs of the other family, if that has several.
    Of the items it has a standard error of ``least`` or more.
    Returns the difference, a minus b, its limits, a two-sided p, the standard error and freedom.
    """
    difference, items = float(a.mean() - b.mean()), a.shape[1]
    gap = a.mean(axis=0) - b.mean(axis=0)
    smallest = least_p(int(np.count_nonzero(abs(gap) > 1e-12)))
    if items < LEAST_UNITS:
        return difference, np.nan, np.nan, smallest, np.nan, np.nan
    parts, known = [(float(gap.var(ddof=1)) / items, items - 1)], 0.0
    families = [runs for runs in (a, b) if len(runs) > 1]
    for runs in families:
        by_seed, _, rest = _mean_squares(runs)
        # One family's spread stands for both: it is one estimate, not two.
        times = 1 / len(runs) + (len(families) == 1)
        parts.append((by_seed / items * times, len(runs) - 1))
        known -= rest / items * times
    scales = [_error(parts, known), (least, items - 1)]
    if len(families) == 1:  # so few runs may agree by chance: their spread alone must allow it too
        scales += [(float(np.sqrt(parts[1][0])), parts[1][1])]
    if max(e for e, _ in scales) < 1e-12:  # no spread at all: no proof of identical models
        scales = [(1 / (items + 2), items - 1)]
    reach, error, freedom = max((float(stdtrit(f, TAILS[1]) * e), e, f) for e, f in scales)
    p = max(float(2 * stdtr(f, -abs(difference) / e)) for e, f in scales if e)
    return difference, difference - reach, difference + reach, max(p, smallest), error, freedom


def _error(parts: list[tuple[float, int]], known: float) -> tuple[float, float]:
    """Root of a sum of mean squares, never less than the largest, and its degrees of freedom."""
    total = max(sum(square for square, _ in parts) + known, max(square for square, _ in parts))
    below = sum(square**2 / freedom for square, freedom in parts)
    return float(np.sqrt(total)), total**2 / below if below else np.inf
