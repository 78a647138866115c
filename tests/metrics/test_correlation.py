"""Correlations: their values, their intervals, and where there is none."""

import numpy as np
import pytest

from helpers.metrics.correlation import pearson
from helpers.metrics.statistics.bootstrap import Resampling


def test_the_correlation_is_that_of_numpy_and_its_interval_covers():
    random, true, covered, runs = np.random.default_rng(0), 0.7, 0, 200
    for run in range(runs):
        x = random.normal(size=150)
        y = true * x + np.sqrt(1 - true**2) * random.normal(size=150)
        found = pearson(x, y, Resampling(400, run))
        assert found.value == pytest.approx(np.corrcoef(x, y)[0, 1])
        covered += found.low <= true <= found.high
    assert 0.90 <= covered / runs <= 0.98  # 95 % within three standard errors of 200 runs


def test_the_correlation_draws_whole_groups_and_says_where_there_is_none():
    random = np.random.default_rng(0)
    groups = np.repeat(np.arange(30), 10)
    shared = np.repeat(random.normal(size=30), 10)
    x, y = shared + 0.1 * random.normal(size=300), shared + 0.1 * random.normal(size=300)
    single, whole = pearson(x, y, Resampling(400)), pearson(x, y, Resampling(400, 0, groups))
    assert whole.value == pytest.approx(single.value) and "groups" in whole.method
    nearly = np.full(9, 0.1) + np.arange(9) * 1e-17  # what rounding leaves of equal scores
    assert np.isnan(pearson(nearly, np.arange(9.0)).value)
