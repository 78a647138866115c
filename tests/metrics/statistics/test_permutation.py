"""The exact test where few units differ, and pairs of few units as a whole."""

import numpy as np
import pytest
from factories.trials import within
from scipy.stats import binomtest, permutation_test

from helpers.metrics.paired_tests import compare_all
from helpers.metrics.resampled_metric import resampled_metric
from helpers.metrics.statistics.permutation import EXACT, every_swap, swap_test
from helpers.metrics.unit_contributions import Answers


def total(sums):
    return sums[..., 0]


@pytest.mark.parametrize("units", [1, 5, EXACT])
def test_every_swap_is_tried_once(units):
    swaps = every_swap(units)
    assert swaps.shape == (2**units, units) and len(np.unique(swaps, axis=0)) == 2**units


@pytest.mark.parametrize(("only_a", "only_b"), [(0, 0), (6, 0), (5, 2), (3, 3)])
def test_of_right_and_wrong_it_is_the_exact_mcnemar_test(only_a, only_b):
    a = np.r_[np.ones(only_a), np.zeros(only_b), np.ones(9)][:, None]
    b = np.r_[np.zeros(only_a), np.ones(only_b), np.ones(9)][:, None]
    differ = only_a + only_b
    expected = binomtest(only_a, differ).pvalue if differ else 1.0
    assert swap_test(a, b, total) == pytest.approx(expected)


def test_of_losses_it_is_the_paired_permutation_test_of_scipy():
    random = np.random.default_rng(0)
    for units in (7, 40):
        a, b = random.normal(size=(2, units))
        theirs = permutation_test(
            (a, b),
            lambda x, y, axis: abs((x - y).sum(axis)),
            permutation_type="samples",
            alternative="greater",
            n_resamples=9999,
            vectorized=True,
            rng=1,
        ).pvalue
        ours = swap_test(a[:, None], b[:, None], total)
        assert ours == pytest.approx(theirs, abs=1e-9 if units == 7 else 0.03)


def test_it_never_cries_wolf_however_few_the_units():
    random, tries = np.random.default_rng(1), 1000
    for units in (4, 8, 20):
        gaps = random.exponential(size=(tries, units)) * random.choice([-1, 1], (tries, units))
        p = [
            swap_test(gap[:, None], 0 * gap[:, None], total, seed) for seed, gap in enumerate(gaps)
        ]
        alarms = int(np.sum(np.array(p) < 0.05))
        print(units, alarms / tries)
        assert alarms <= within(tries, 0.05)[1]
        assert units < 6 or alarms >= within(tries, 0.03)[0]


def test_an_undefined_difference_has_no_p():
    def nothing(sums):
        return np.full(sums.shape[:-1], np.nan)

    assert np.isnan(swap_test(np.ones((3, 1)), np.zeros((3, 1)), nothing))


@pytest.mark.parametrize(("metric", "groups"), [("macro-f1", 0), ("macro-f1", 8), ("accuracy", 12)])
def test_few_units_neither_cry_wolf_nor_lose_the_truth(metric, groups):
    random, tries, alarms, inside = np.random.default_rng(2), 300, 0, 0
    for _ in range(tries):
        units = groups or 40
        size = 10 if groups else 1
        names = np.repeat(np.arange(units), size) if groups else None
        labels = random.integers(0, 2, units * size)
        luck = random.random((2, units)).repeat(size, axis=1) < 0.6 if groups else 0.75
        said = np.where(random.random((2, units * size)) < 0.5 + 0.4 * luck, labels, 1 - labels)
        answers = Answers(labels, said, 2, groups=names)
        found = resampled_metric(metric, answers, 300)
        [pair] = compare_all(metric, answers, *found)
        alarms += pair.p < 0.05
        inside += pair.low <= 0 <= pair.high
    print(metric, groups, alarms / tries, inside / tries)
    assert alarms <= within(tries, 0.05)[1]
    assert inside >= within(tries, 0.93)[0]
