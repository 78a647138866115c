"""What to expect of the best of several candidates, picked for the very score that is quoted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from helpers.metrics.statistics.intervals import TAILS

_Z = float(ndtri(TAILS[1]))
_STILL = 1e-9  # spread of resamples below which a candidate's score does not vary


@dataclass(frozen=True)
class Expected:
    """A score to expect on new items, with limits that allow for the pick among ``candidates``."""

    value: float
    low: float
    high: float
    candidates: int


def after_selection(
    values: NDArray, samples: NDArray, low: float, high: float, sign: float = 1.0
) -> Expected:
    """Correct the best candidate's value and 95 % interval for having been picked.

    The best of several scores is too good on average, and an interval made as if it had been chosen
    beforehand misses on the flattering side (Andrews, Kitagawa and McCloskey, 2024, "Inference on
    winners"). Two things are read from resamples of the candidates' scores: by how much the best of
    a resample flatters itself (Efron's estimate of optimism), which is taken off the value; and
    how far the luckiest of all strays, in standard errors, which stretches the flattering side
    alone, by the root of its ratio to 1.96. Both are nothing for one candidate.

    Parameters
    ----------
    values : float [M]
        The candidates' scores; NaN where undefined.
    samples : float [R, M]
        Their scores on the same resamples of the items.
    low, high : float
        The best candidate's own interval; NaN if it has none.
    sign : float
        1 where a higher score is better, -1 where a lower one is.

    Returns
    -------
    Expected
        In the metric's own unit; with one defined candidate what was given, untouched.
    """
    values, samples = np.asarray(values, float), np.asarray(samples, float)
    defined = np.isfinite(values)
    if not defined.any():
        return Expected(np.nan, np.nan, np.nan, 0)
    scores, count = sign * values[defined], int(defined.sum())
    best = int(scores.argmax())
    if count == 1:
        return Expected(float(values[defined][0]), low, high, count)
    drawn = sign * samples[:, defined]
    drawn = drawn[np.isfinite(drawn).all(axis=1)]
    if not len(drawn):
        return Expected(sign * scores[best], low, high, count)
    # 1. How far the luckiest strays, in standard errors; 1.96 if it were always the same one.
    spread = drawn.std(axis=0)
    varies = spread > _STILL
    strays = ((drawn - scores)[:, varies] / spread[varies]).max(axis=1, initial=0.0)
    stretch = np.sqrt(max(_Z, float(np.quantile(strays, TAILS[1]))) / _Z)
    # 2. How much the best of a resample flatters itself.
    first = drawn.argmax(axis=1)
    optimism = max(0.0, float((drawn[np.arange(len(drawn)), first] - scores[first]).mean()))
    # 3. Both move the flattering side: down where higher is better.
    value = scores[best] - optimism
    own, other = (low, high) if sign > 0 else (-high, -low)
    worse = value - (scores[best] - own) * stretch
    limits = (worse, other) if sign > 0 else (-other, -worse)
    return Expected(sign * value, float(limits[0]), float(limits[1]), count)
