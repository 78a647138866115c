"""Power: known sizes, exact chances, and what is promised is found four times in five."""

import numpy as np
import pytest
from factories.trials import within
from scipy.special import bdtr, stdtr
from scipy.stats import binomtest

from helpers.metrics.statistics.power import Power, least_units, mcnemar_power


@pytest.mark.parametrize("items", [40, 300, 5000])
@pytest.mark.parametrize("disagreement", [0.03, 0.2])
@pytest.mark.parametrize("alpha", [0.05, 0.05 / 6])
def test_the_exact_test_finds_what_is_detectable_in_78_to_82_of_100(items, disagreement, alpha):
    gap = Power(items, np.nan, disagreement=disagreement).detectable(alpha)
    random, tries, share = np.random.default_rng(items), 100_000, max(gap, disagreement)
    differ = random.binomial(items, share, tries)
    lost = random.binomial(differ, (1 - gap / share) / 2)
    p = np.minimum(1, 2 * bdtr(np.minimum(lost, differ - lost), differ, 0.5))
    print(items, disagreement, alpha, gap, np.mean(p < alpha))
    assert 0.78 <= np.mean(p < alpha) <= 0.82


def test_the_exact_power_is_the_sum_over_all_outcomes():
    items, share, gap, alpha = 9, 0.6, 0.4, 0.1
    random, tries = np.random.default_rng(0), 4000
    differ = random.binomial(items, share, tries)
    won = random.binomial(differ, (1 + gap / share) / 2)
    p = {(k, n): binomtest(k, n).pvalue for n in range(1, 10) for k in range(n + 1)}
    found = sum(n > 0 and p[(k, n)] <= alpha for k, n in zip(won, differ, strict=True))
    low, high = within(tries, mcnemar_power(gap, share, items, alpha))
    assert low <= found <= high


@pytest.mark.parametrize("freedom", [4, 20, 200])
def test_the_t_test_finds_what_is_detectable_in_78_to_82_of_100(freedom):
    random, tries = np.random.default_rng(freedom), 50_000
    gap = Power(100, 0.02, freedom).detectable()
    error = 0.02 * np.sqrt(random.chisquare(freedom, tries) / freedom)
    p = 2 * stdtr(freedom, -abs(random.normal(gap, 0.02, tries)) / error)
    assert 0.78 <= np.mean(p < 0.05) <= 0.82


def test_the_planned_sizes_are_the_measured_ones_and_half_takes_four_times_as_many():
    needed = [Power(1000, 0.01, disagreement=d).items_needed(0.02) for d in (0.05, 0.10, 0.20)]
    assert needed == pytest.approx([974, 1955, 3917], rel=0.08)  # the exact test takes a few more
    power = Power(400, 0.02, 60)
    ratio = power.items_needed(power.detectable() / 2) / power.items_needed(power.detectable())
    assert ratio == pytest.approx(4, rel=0.05)
    found = Power(needed[1], 0.01, disagreement=0.1).detectable()
    assert found == pytest.approx(0.02, rel=0.01)


@pytest.mark.filterwarnings("error")
def test_too_few_units_find_nothing_and_more_items_do_not_mend_luck():
    assert least_units(0.05) == 6 and least_units(0.05 / 2) == 7
    assert Power(500, 0.01, 4, units=5).detectable() == np.inf
    assert Power(500, 0.01, 5, units=6).detectable() < 1
    assert Power(5, 0.1, disagreement=0.2).detectable() == np.inf
    assert Power(500, 0.01, 4, units=3).items_needed(0.01) > 500
    assert np.isnan(Power(np.nan, 0.02, 4).items_needed(0.01))
    assert Power(500, 0.02).items_needed(1e-9) == np.inf
    assert Power(12, 0.2, 1, most=1.0).detectable() == np.inf != Power(12, 0.2, 1).detectable()
    assert Power(12, 0.2, 1, most=1.0).items_needed(0.5) > 12
