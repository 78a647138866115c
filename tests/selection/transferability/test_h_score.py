"""The H-score: the trace that defines it."""

import numpy as np
import pytest
from sklearn.covariance import LedoitWolf

from helpers.selection.transferability import h_score


def made(items=90, dimension=12, classes=3, gap=1.0, seed=0):
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, items)
    centres = random.normal(size=(classes, dimension)) * gap
    return centres[labels] + random.normal(size=(items, dimension)), labels


def test_h_score_is_the_trace_it_says():
    features, labels = made(60, 8)
    fitted = LedoitWolf().fit(features)
    means = np.stack([features[labels == code].mean(axis=0) for code in range(3)])[labels]
    between = np.cov(means.T, bias=True)
    expected = (1 - fitted.shrinkage_) * np.trace(np.linalg.inv(fitted.covariance_) @ between)
    assert h_score.score(features, labels) == pytest.approx(expected, rel=1e-9)
    assert h_score.score(np.ones((9, 4)), labels[:9]) == 0
