"""How well a predicted order agrees with the actual one, and what following it would cost."""

from dataclasses import dataclass
from itertools import permutations
from math import factorial

import numpy as np
from scipy.special import ndtri

from helpers.metrics.statistics.intervals import LEVEL, TAILS

ORDERS = 5040  # of the null distribution: all of them if there are no more, else a sample


@dataclass(frozen=True)
class Agreement:
    """The agreement of two orders of ``models`` models.

    ``tau`` is Kendall's, weighted so that the top counts most; noise in the actual values lowers
    it. ``low`` and ``high`` are the taus of the least and most agreeing order that 95 % tests of
    all pairs together leave open. A random order lies between ``null_low`` and ``null_high`` 95
    times in 100; ``p`` is how often it agrees as well, and never below ``least_p``.

    ``regret`` is the best actual value less that of the one ranked first: among near-equals it is
    too large, as the best of several noisy values is. Its limits are those of the comparisons of
    every model with the first: the lower one holds for all of them together (sup-t), and the
    upper one needs no correction, as only one model is truly the best.
    """

    models: int
    tau: float
    low: float
    high: float
    null_low: float
    null_high: float
    p: float
    least_p: float
    regret: float
    regret_low: float
    regret_high: float


def agreement(
    predicted: np.ndarray,
    actual: np.ndarray,
    samples: np.ndarray,
    seed: int = 42,
    least_error: float = 0.0,
) -> Agreement:
    """Compare a predicted order with the actual one; NaN if fewer than two models or all alike.

    ``predicted`` [M] is a method's score of each model and ``actual`` [M] its quality, higher is
    better; ``samples`` [R, M] is the quality on resampled test items; ``seed`` draws the random
    orders. No difference is held to be surer than to ``least_error``.
    """
    predicted, actual = np.asarray(predicted, np.float64), np.asarray(actual, np.float64)
    samples = np.asarray(samples, np.float64)[np.isfinite(samples).all(axis=1)]
    tau = float(weighted_tau(predicted, actual))
    null = null_taus(predicted, actual, seed)
    exact = factorial(min(len(actual), 20)) <= ORDERS
    return Agreement(
        len(actual),
        tau,
        *_open_taus(predicted, actual, samples, least_error),
        *_middle(null),
        _reached(null, tau, exact),
        _reached(null, max(tau, float(null.max())), exact),
        regret(predicted, actual),
        *_regret_limits(predicted, actual, samples, least_error),
    )


def _reached(null: np.ndarray, tau: float, exact: bool) -> float:
    """Return the share of random orders of at least this tau; a sample counts the order itself."""
    if not np.isfinite(tau):
        return np.nan
    return float((np.sum(null >= tau - 1e-12) + (not exact)) / (len(null) + (not exact)))


def _errors(gaps: np.ndarray, least: float) -> np.ndarray:
    """Return the standard error of each difference from its resamples [R, ...]."""
    return np.maximum(gaps.std(axis=0), max(least, np.finfo(float).tiny))


def _regret_limits(
    predicted: np.ndarray, actual: np.ndarray, samples: np.ndarray, least: float
) -> tuple[float, float]:
    first = _first(predicted)
    other = np.setdiff1d(np.arange(len(actual)), first if len(first) == 1 else [])
    if not len(other) or not len(samples):
        return np.nan, np.nan
    gap = (actual - actual[first].mean())[other]
    gaps = (samples - samples[:, first].mean(axis=1, keepdims=True))[:, other]
    error = _errors(gaps, least)
    together = np.quantile(((gaps - gap) / error).max(axis=1), TAILS[1])
    limits = np.max([gap - together * error, gap + ndtri(TAILS[1]) * error], axis=1)
    low, high = np.maximum(0, limits)
    return float(low), float(high)


def _open_taus(
    predicted: np.ndarray, actual: np.ndarray, samples: np.ndarray, least: float
) -> tuple[float, float]:
    """Return the taus of the orders that agree least and most with the prediction."""
    if len(actual) < 2 or not len(samples):
        return np.nan, np.nan
    gap, gaps = actual[:, None] - actual, samples[:, :, None] - samples[:, None, :]
    error = _errors(gaps, least)
    together = np.quantile((np.abs(gaps - gap) / error).max(axis=(1, 2)), LEVEL)
    better = gap > together * error  # [M, M]: surely
    taus = []
    for wanted in (-predicted, predicted):
        order, left = np.empty(len(actual)), np.ones(len(actual), bool)
        for place in range(len(actual)):  # the top weighs most, so it is filled first
            free = left & ~better[left].any(axis=0)
            chosen = np.flatnonzero(free)[np.argmax(wanted[free])]
            order[chosen], left[chosen] = -place, False
        taus.append(float(weighted_tau(predicted, order)))
    return min(taus), max(taus)


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


def _middle(values: np.ndarray) -> tuple[float, float]:
    """Return the bounds of the middle 95 %, rounded outward to values that occur."""
    values = values[np.isfinite(values)]
    if not len(values):
        return np.nan, np.nan
    low = np.percentile(values, 100 * TAILS[0], method="lower")
    return float(low), float(np.percentile(values, 100 * TAILS[1], method="higher"))
