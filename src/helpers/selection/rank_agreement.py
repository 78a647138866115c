"""How well a predicted order agrees with the actual one, and what following it would cost."""

from dataclasses import dataclass
from itertools import permutations
from math import factorial

import numpy as np

ORDERS = 5040
"""Orders that make the null distribution: all of them if there are no more, else a sample."""


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
    """Compare a predicted order with the actual one.

    Parameters
    ----------
    predicted : ndarray
        A method's score of each model, float [M], higher is better.
    actual : ndarray
        The quality of each, float [M], higher is better.
    samples : ndarray
        The same on resampled test items, float [R, M]; percentiles give both intervals.
    seed : int
        Of the random orders.

    Returns
    -------
    Agreement
        NaN if there is no order: fewer than two models, or all predicted alike.
    """
    predicted, actual = np.asarray(predicted, np.float64), np.asarray(actual, np.float64)
    tau = float(weighted_tau(predicted, actual))
    low, high = _middle(weighted_tau(predicted, samples))
    null = null_taus(predicted, actual, seed)
    null_low, null_high = _middle(null, outward=True)
    regrets = samples.max(axis=1) - samples[:, _first(predicted)].mean(axis=1)
    regret_low, regret_high = _middle(regrets)
    p = float(np.mean(null >= tau - 1e-12)) if np.isfinite(tau) else np.nan
    return Agreement(
        models=len(actual),
        tau=tau,
        low=low,
        high=high,
        null_low=null_low,
        null_high=null_high,
        p=p,
        regret=regret(predicted, actual),
        regret_low=regret_low,
        regret_high=regret_high,
    )


def weighted_tau(predicted: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Return Kendall's tau with hyperbolic weights, so that the top counts most.

    Vigna, WWW 2015; the numbers are those of ``scipy.stats.weightedtau``, many at once.

    Parameters
    ----------
    predicted, actual : ndarray
        float [..., M], of shapes that broadcast.

    Returns
    -------
    ndarray
        float64 [...]; NaN if all values of one are equal.
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
