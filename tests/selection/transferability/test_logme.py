"""LogME: the greatest evidence, whatever the shape."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

from helpers.selection.transferability import logme

SHAPES = [(90, 12), (40, 130)]  # more items than features, and fewer


def made(items=90, dimension=12, classes=3, gap=1.0, seed=0):
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, items)
    centres = random.normal(size=(classes, dimension)) * gap
    return centres[labels] + random.normal(size=(items, dimension)), labels


def brute_evidence(features, target, alpha, beta):
    """Density of the target where weights and noise have these precisions: no algebra shared."""
    covariance = features @ features.T / alpha + np.eye(len(target)) / beta
    return multivariate_normal(np.zeros(len(target)), covariance).logpdf(target)


@pytest.mark.parametrize(("items", "dimension"), [(30, 5), (12, 40)])
def test_logme_is_the_greatest_evidence_there_is(items, dimension):
    features, labels = made(items, dimension, classes=2, gap=0.5)
    expected = []
    for code in (0, 1):
        target = (labels == code).astype(float)
        loss = lambda logs, of=target: -brute_evidence(features, of, *np.exp(logs))  # noqa: E731
        starts = [(alpha, beta) for alpha in (-2, 2, 6) for beta in (-1, 2, 5)]
        found = [minimize(loss, start, method="Nelder-Mead").fun for start in starts]
        expected.append(-min(found) / items)
    assert logme.score(features, labels) == pytest.approx(np.mean(expected), abs=1e-5)


def test_logme_leaves_nothing_out_where_features_outnumber_items():
    features, labels = made(12, 40, classes=2)
    target = (labels == 1).astype(float)
    own = logme.decompose(features)
    inside, ratio = (own.left.T @ target) ** 2, 3.0
    outside = (target**2).sum() - inside.sum()
    left = outside + (inside * ratio / (ratio + own.values)).sum()
    beta = len(target) / left
    exact = brute_evidence(features, target, ratio * beta, beta)
    found = logme.evidence(np.log(ratio), own.values, inside, outside, len(target))
    assert found == pytest.approx(exact, abs=1e-8)
    dropped = (features.shape[1] - len(own.values)) / 2 * np.log(ratio * beta)
    assert abs(dropped) > 1  # what the authors' code leaves out is no rounding error
