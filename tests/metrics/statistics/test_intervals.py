"""Intervals against other libraries, and where data are too few, too good or too uniform."""

import numpy as np
import pytest
from factories.trials import covers
from scipy.stats import binom, binomtest, bootstrap

from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import bca, wilson
from helpers.metrics.statistics.ratio_intervals import ratio_intervals


@pytest.mark.parametrize(("hits", "items"), [(0, 60), (60, 60), (43, 50), (10, 1000)])
def test_a_proportion_has_wilsons_limits(hits, items):
    theirs = binomtest(hits, items).proportion_ci(method="wilson")
    ours = wilson(hits, items)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))
    assert ours.method == "Wilson"


@pytest.mark.parametrize("items", [5, 20, 49])
@pytest.mark.parametrize("share", [0.5, 0.8, 0.93])
def test_few_items_take_limits_that_hold_for_every_share(items, share):
    limits = [wilson(hits, items) for hits in range(items + 1)]
    inside = [each.low <= share <= each.high for each in limits]
    assert binom.pmf(np.arange(items + 1), items, share) @ inside >= 0.95


@pytest.mark.parametrize(("hits", "items"), [(49, 50), (97, 100), (2, 80)])
def test_few_errors_or_hits_take_clopper_and_pearsons_limit(hits, items):
    theirs = binomtest(hits, items).proportion_ci(method="exact")
    ours = wilson(hits, items)
    end = "high" if hits > items / 2 else "low"
    assert getattr(ours, end) == pytest.approx(getattr(theirs, end))
    assert "Clopper-Pearson" in ours.method


@pytest.mark.parametrize("items", [50, 100, 200, 500])
def test_a_proportion_near_one_holds(items):
    hits, every = np.arange(items + 1), [wilson(k, items) for k in range(items + 1)]
    low, high = np.array([[each.low, each.high] for each in every]).T
    for truth in (0.9, 0.95, 0.98, 0.99, 0.995, 0.999):
        assert binom.pmf(hits, items, truth)[(low <= truth) & (truth <= high)].sum() > 0.925


def test_bca_is_scipys():
    losses = np.random.default_rng(0).exponential(size=80)
    theirs = bootstrap((losses,), np.mean, n_resamples=20_000, method="BCa", rng=1)
    drawn, left = Resampling(20_000, 1).drawn(losses[:, None])[:, 0] / 80, losses.sum() - losses
    low, high = bca(losses.mean(), drawn, left / 79, np.ones(80))
    limits = theirs.confidence_interval
    assert (low, high) == pytest.approx((limits.low, limits.high), abs=0.01)


@pytest.mark.parametrize("groups", [6, 20])
def test_intervals_of_mean_losses_cover_where_groups_are_few(groups):
    random, tries, hits, code = np.random.default_rng(1), 400, 0, np.arange(groups).repeat(10)
    for seed in range(tries):
        losses = random.exponential(size=len(code)) * (1 + random.uniform(-0.8, 0.8, groups))[code]
        table, drawn = np.column_stack([losses, losses * 0 + 1]), Resampling(300, seed, code)
        found = ratio_intervals(table, {"loss": lambda sums: sums[..., 0] / sums[..., 1]}, drawn)
        found = found["loss"]
        hits += found.low <= 1 <= found.high
    print(groups, hits / tries)
    assert covers(hits, tries)
