"""Predicted against actual order: the tau, its null, what following the prediction lost."""

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import binomtest, norm, weightedtau

from helpers.selection import rank_agreement
from helpers.selection.rank_agreement import agreement, null_taus, regret, weighted_tau


def resampled(actual, spread=0.01, seed=0):
    return actual + spread * np.random.default_rng(seed).normal(size=(500, len(actual)))


def test_tau_is_that_of_scipy_and_counts_the_top_most():
    random = np.random.default_rng(0)
    for made in (random.normal(size=(40, 2, 8)), random.integers(0, 4, (40, 2, 6)).astype(float)):
        for predicted, actual in made:  # the second with ties
            expected = weightedtau(predicted, actual).statistic
            assert weighted_tau(predicted, actual) == pytest.approx(expected, nan_ok=True)
    order = np.arange(8.0)
    top, bottom = order.copy(), order.copy()
    top[[6, 7]], bottom[[0, 1]] = [7, 6], [1, 0]
    assert weighted_tau(top, order) < weighted_tau(bottom, order) < weighted_tau(order, order)


def test_the_null_is_every_order_of_few_models():
    actual = np.array([0.1, 0.2, 0.3, 0.4])
    expected = [float(weighted_tau(np.array(order), actual)) for order in permutations(actual)]
    assert sorted(null_taus(actual, actual, seed=0)) == pytest.approx(sorted(expected))


def test_with_few_models_a_random_order_spans_widely():
    actual = np.linspace(0.7, 0.9, 10)
    found = agreement(actual, actual, resampled(actual), seed=0)
    assert found.null_low < -0.4 and found.null_high > 0.4
    assert found.tau == pytest.approx(1) and found.p == pytest.approx(0.001)


def test_a_random_prediction_is_called_one_as_often_as_promised():
    random, actual = np.random.default_rng(0), np.linspace(0.7, 0.9, 7)
    null = null_taus(actual, actual, seed=0)
    taus = [weighted_tau(random.permutation(actual), actual) for _ in range(400)]
    rejected = np.mean([np.mean(null >= tau - 1e-12) < 0.05 for tau in taus])
    assert rejected <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


def test_regret_is_what_the_first_lacks_and_equals_share():
    actual = np.array([0.80, 0.90, 0.85])
    assert regret(np.array([1, 3, 2]), actual) == 0
    assert regret(np.array([3, 1, 2]), actual) == pytest.approx(0.10)
    assert regret(np.array([3, 1, 3]), actual) == pytest.approx(0.075)
    found = agreement(np.array([3, 1, 2]), actual, resampled(actual))
    assert found.regret_low < 0.10 < found.regret_high
    best = agreement(np.array([1, 3, 2]), actual, resampled(actual, 0.05))
    assert best.regret == 0 == best.regret_low and best.regret_high > 0.05  # it may not be the best


def test_three_models_prove_nothing():
    actual = np.array([0.7, 0.8, 0.9])
    found = agreement(actual, actual, resampled(actual))
    assert found.null_high == pytest.approx(1) and found.p == pytest.approx(1 / 6)
    assert found.least_p == pytest.approx(1 / 6)


def test_no_p_is_zero():
    actual = np.linspace(0.7, 0.9, 9)
    found = agreement(actual, actual, resampled(actual))
    assert found.p >= 1 / 1000 and found.least_p <= found.p


@pytest.mark.parametrize("spread", [0.0, 0.01, 0.03, 0.08])
def test_the_limits_of_regret_hold_among_near_equals(spread, monkeypatch):
    monkeypatch.setattr(rank_agreement, "ORDERS", 9)  # the random orders have no part in it
    random, models, items, runs = np.random.default_rng(4), 8, 150, 60
    held = 0
    for _ in range(runs):
        truth = np.clip(0.85 + spread * random.normal(size=models), 0.3, 0.99)
        predicted = truth + max(spread, 0.01) * random.normal(size=models)
        hard = random.normal(size=items) + random.normal(size=(models, items))
        right = (hard / np.sqrt(2) < norm.ppf(truth)[:, None]).astype(float)
        weights = random.multinomial(items, np.full(items, 1 / items), 300) / items
        found = agreement(predicted, right.mean(axis=1), weights @ right.T, 0, 1 / (items + 2))
        lost = regret(predicted, truth)
        held += found.regret_low <= lost + 1e-9 <= found.regret_high + 2e-9
    assert binomtest(held, runs, 0.95, alternative="less").pvalue > 0.01


def test_models_that_no_item_tells_apart_are_not_surely_equal():
    actual, samples = np.full(3, 0.9), np.full((50, 3), 0.9)
    found = agreement(np.array([3, 2, 1]), actual, samples, 0, 1 / 102)
    assert found.regret_low == 0 < 0.01 < found.regret_high


@pytest.mark.parametrize("predicted", [[1.0, 1.0, 1.0], [2.0]])
def test_no_order_is_said_and_no_crash(predicted):
    actual = np.linspace(0.7, 0.9, len(predicted))
    found = agreement(np.array(predicted), actual, resampled(actual))
    assert np.isnan(found.tau) and np.isnan(found.p) and np.isfinite(found.regret)
