"""Intervals against other libraries, and where data are too few, too good or too uniform."""

import numpy as np
import pytest
from factories.trials import covers
from scipy.stats import binomtest, bootstrap

from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import mean_intervals, share_interval, wilson


@pytest.mark.parametrize(("hits", "items"), [(0, 5), (5, 5), (47, 50), (1, 1000)])
def test_wilson_is_scipys(hits, items):
    theirs = binomtest(hits, items).proportion_ci(method="wilson")
    ours = wilson(hits, items)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))
    assert ours.method == "Wilson"


def test_bca_is_scipys():
    losses = np.random.default_rng(0).exponential(size=80)
    theirs = bootstrap((losses,), np.mean, n_resamples=20_000, method="BCa", rng=1)
    ours = mean_intervals({"loss": losses}, Resampling(20_000, 1))["loss"]
    limits = theirs.confidence_interval
    assert (ours.low, ours.high) == pytest.approx((limits.low, limits.high), abs=0.01)


@pytest.mark.parametrize("groups", [6, 20])
def test_intervals_of_mean_losses_cover_where_groups_are_few(groups):
    random, tries, hits, code = np.random.default_rng(1), 400, 0, np.arange(groups).repeat(10)
    for seed in range(tries):
        losses = random.exponential(size=len(code)) * (1 + random.uniform(-0.8, 0.8, groups))[code]
        found = mean_intervals({"loss": losses}, Resampling(300, seed, code))["loss"]
        hits += found.low <= 1 <= found.high
    print(groups, hits / tries)
    assert covers(hits, tries)


def test_a_share_without_spread_takes_wilsons_limits():
    found = share_interval(1.0, np.zeros(50), least=10)
    assert found.low == pytest.approx(wilson(10, 10).low) and found.high == 1
