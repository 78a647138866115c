"""How well a predicted order agrees with the actual one, and what following it would cost."""

from dataclasses import dataclass
from itertools import permutations
from math import factorial

import numpy as np
from scipy.special import ndtri
from scipy.stats import weightedtau

from helpers.metrics.statistics.intervals import TAILS

ORDERS = 999  # of the null distribution: all of them if there are no more, else a sample


@dataclass(frozen=True)
class Agreement:
    """The agreement of two orders of ``models`` models.

    ``tau`` is Kendall's, weighted so that the top counts most; noise in the actual values lowers
    it, and that of resamples lowers it again, so it has no interval. A random order lies between
    ``null_low`` and ``null_high`` 95 times in 100, and agrees as well with probability ``p``, which
    is never below ``least_p``.

    ``regret`` is the best actual value less that of the one ranked first: too large among
    near-equals, as the best of several noisy values is. Its limits are those of all comparisons
    with the first: the lower one holds for all of them together (sup-t), and the upper one needs no
    correction, as only one model is truly the best.
    """

    models: int
    tau: float
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
        float(np.quantile(null, TAILS[0], method="lower")),
        float(np.quantile(null, TAILS[1], method="higher")),
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


def _regret_limits(
    predicted: np.ndarray, actual: np.ndarray, samples: np.ndarray, least: float
) -> tuple[float, float]:
    first = predicted == predicted.max()
    other = ~first if first.sum() == 1 else first | True
    if not other.any() or not len(samples):
        return np.nan, np.nan
    gap = (actual - actual[first].mean())[other]
    gaps = (samples - samples[:, first].mean(axis=1, keepdims=True))[:, other]
    error = np.maximum(gaps.std(axis=0), max(least, np.finfo(float).tiny))
    together = np.quantile(((gaps - gap) / error).max(axis=1), TAILS[1])
    low, high = (float(max(0, np.max(gap + z * error))) for z in (-together, ndtri(TAILS[1])))
    return low, high


def weighted_tau(predicted: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Return Kendall's tau of orders float [..., M], weighted hyperbolically: float64 [...].

    Vigna, WWW 2015; NaN if all values of one order are equal, or there is one.
    """
    if np.shape(predicted)[-1] < 2:
        return np.full(np.shape(predicted)[:-1], np.nan)
    taus = np.vectorize(lambda a, b: weightedtau(a, b).statistic, signature="(m),(m)->()")
    return np.asarray(taus(predicted, actual))


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
    return float(actual.max() - actual[predicted == predicted.max()].mean())
