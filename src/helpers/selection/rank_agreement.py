"""How well a predicted order agrees with the actual one, and what following it would cost."""

from dataclasses import dataclass
from itertools import permutations
from math import factorial

import numpy as np

ORDERS = 5040  # of the null distribution: all of them if there are no more, else a sample


@dataclass(frozen=True)
class Agreement:
    """The agreement of two orders of ``models`` models.

    ``tau`` is Kendall's, weighted so that the top counts most, with its 95 % interval; a random
    order lies between ``null_low`` and ``null_high`` 95 times in 100, and ``p`` is how often it
    agrees as well. ``regret`` is the best actual value less that of the one ranked first; each
    resample of its interval has its own best, so that the interval errs on the high side.
    """

    models: int
    tau: float
    low: float
    high: float
    null_low: float
    null_high: float
    p: float
    regret: float
    regret_low: float
    regret_high: float


def agreement(
    predicted: np.ndarray, actual: np.ndarray, samples: np.ndarray, seed: int = 42
) -> Agreement:
    """Compare a predicted order with the actual one; NaN if fewer than two models or all alike.

    ``predicted`` [M] is a method's score of each model and ``actual`` [M] its quality, higher is
    better; ``samples`` [R, M] is the quality on resampled test items, whose percentiles give the
    intervals; ``seed`` draws the random orders.
    """
    predicted, actual = np.asarray(predicted, np.float64), np.asarray(actual, np.float64)
    tau = float(weighted_tau(predicted, actual))
    null = null_taus(predicted, actual, seed)
    regrets = samples.max(axis=1) - samples[:, _first(predicted)].mean(axis=1)
    p = float(np.mean(null >= tau - 1e-12)) if np.isfinite(tau) else np.nan
    return Agreement(
        len(actual),
        tau,
        *_middle(weighted_tau(predicted, samples)),
        *_middle(null, outward=True),
        p,
        regret(predicted, actual),
        *_middle(regrets),
    )


def weighted_tau(predicted: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Return Kendall's tau of orders float [..., M], weighted hyperbolically: float64 [...].

    Vigna, WWW 2015; the numbers are those of ``scipy.stats.weightedtau``, many at once; NaN if all
    values of one order are equal.
    """
    predicted, actual = np.broadcast_arrays(predicted, actual)
    if predicted.shape[-1] < 2:
        return np.full(predicted.shape[:-1], np.nan)
    signs = [np.sign(v[..., :, None] - v[..., None, :]) for v in (predicted, actual)]
    taus = []
    for first, second in ((predicted, actual), (actual, predicted)):
        rank = np.lexsort((-second, -first), axis=-1).argsort(axis=-1)
        weight = 1 / (rank + 1)
        pairs = weight[..., :, None] + weight[..., None, :]
        both, one, other = (
            (a * b * pairs).sum(axis=(-2, -1)) for a, b in (signs, [signs[0]] * 2, [signs[1]] * 2)
        )
        with np.errstate(invalid="ignore"):
            taus.append(both / np.sqrt(one * other))
    return (taus[0] + taus[1]) / 2


def null_taus(predicted: np.ndarray, actual: np.ndarray, seed: int) -> np.ndarray:
    """Return the tau of every order of the predictions, or of many random ones: float [O]."""
    count = len(predicted)
    if factorial(min(count, 20)) <= ORDERS:
        orders = np.array(list(permutations(range(count))))
    else:
        random = np.random.default_rng(seed)
        orders = random.permuted(np.tile(np.arange(count), (ORDERS, 1)), axis=1)
    return weighted_tau(predicted[orders], actual)


def regret(predicted: np.ndarray, actual: np.ndarray) -> float:
    """Return the best actual value less that of the model ranked first, or of those tied first."""
    return float(actual.max() - actual[_first(predicted)].mean())


def _first(predicted: np.ndarray) -> np.ndarray:
    return np.flatnonzero(predicted == predicted.max())


def _middle(values: np.ndarray, outward: bool = False) -> tuple[float, float]:
    """Return the bounds of the middle 95 %; ``outward`` rounds them to values that occur."""
    values = np.asarray(values, np.float64)
    values = values[np.isfinite(values)]
    if not len(values):
        return np.nan, np.nan
    if outward:
        low = np.percentile(values, 2.5, method="lower")
        return float(low), float(np.percentile(values, 97.5, method="higher"))
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
