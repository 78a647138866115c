"""Candidates over several data sets: ranks, and differences that matter.

Data sets are few, and each counts once, however many items it has: what holds over them is told
apart from what holds within one.
"""

from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata, studentized_range

from helpers.metrics.statistics.intervals import LEVEL, TAILS

SHUFFLES = 9_999
SAMPLES = 10_000


@dataclass(frozen=True)
class Posterior:
    """Probabilities that a candidate is better, practically the same, or worse; they sum to 1."""

    better: float
    same: float
    worse: float


def ranks(scores: NDArray) -> NDArray[np.float64]:
    """Rank candidates by scores [D, M] within each data set, 1 the highest, ties shared."""
    return rankdata(-np.asarray(scores, dtype=float), axis=1)


def friedman(ranked: NDArray, seed: int = 0) -> float:
    """Test whether any candidate's ``ranks`` [D, M] beat chance (Friedman, 1937).

    The p-value shuffles the ranks within each data set: with few data sets the usual chi-squared
    is far off. It is never below ``least_p``, to within the number of shuffles.
    """
    random = np.random.default_rng(seed)
    spread = ((ranked.mean(axis=0) - ranked.mean()) ** 2).sum()
    every = np.broadcast_to(ranked, (SHUFFLES, *ranked.shape))
    means = random.permuted(every, axis=2).mean(axis=1)
    reached = ((means - ranked.mean()) ** 2).sum(axis=1) >= spread - 1e-12
    return float((1 + reached.sum()) / (1 + SHUFFLES))


def least_p(sets: int, candidates: int) -> float:
    """Return the p-value of Friedman's exact test when all data sets agree on the whole order."""
    return float(factorial(candidates)) ** (1 - sets)


def critical_difference(sets: int, candidates: int) -> float:
    """Difference in mean rank that Nemenyi's test calls more than chance (Demsar, 2006)."""
    quantile = studentized_range.ppf(LEVEL, candidates, np.inf) / np.sqrt(2)
    return float(quantile * np.sqrt(candidates * (candidates + 1) / (6 * sets)))


def nemenyi(scores: NDArray) -> NDArray[np.float64]:
    """Test all pairs of mean ranks, p [M, M] (Nemenyi, 1963); scores as in ``ranks``."""
    from scikit_posthocs import posthoc_nemenyi_friedman

    return posthoc_nemenyi_friedman(-np.asarray(scores, dtype=float)).to_numpy()


def signed_rank(differences: NDArray, rope: float, seed: int = 0) -> Posterior:
    """Say how probable it is that a candidate is better on data sets of this kind.

    The Bayesian signed-rank test (Benavoli et al., 2014) as baycomp has it: a Dirichlet process
    over the data sets whose prior is half a made-up data set without any difference. ``rope`` is
    the half width of the region of practical equivalence, above 0, in the unit of the differences
    [D], first candidate minus second.
    """
    from baycomp import SignedRankTest

    values = np.asarray(differences, dtype=float)
    found = SignedRankTest.probs(0 * values, values, rope, nsamples=SAMPLES, random_state=seed)
    worse, same, better = map(float, found)
    return Posterior(better, same, worse)


def within(difference: float, error: float, rope: float, width: float = 0.0) -> Posterior:
    """Say the same for one data set, from a difference, its standard error and its interval.

    Of few groups the ``width`` of the interval says more of what is not known; NaN without one.
    """
    error = max(width / (2 * ndtri(TAILS[1])), error)
    better = float(ndtr((difference - rope) / error))
    worse = float(ndtr((-rope - difference) / error))
    return Posterior(better, max(0.0, 1 - better - worse), worse)
