"""Comparisons with the best: the truly best is kept, and fewer others than by all pairs."""

import numpy as np
import pytest
from factories.trials import within
from scipy.special import ndtr, ndtri
from scipy.stats import norm

from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.comparisons_with_best import levels


def tried(accuracies, items, tries, seed):
    """How often each candidate is kept, and the mean size of what all pairs by Bonferroni keep."""
    random, kept, wide = np.random.default_rng(seed), np.zeros(len(accuracies)), 0.0
    several = 0.05 / (len(accuracies) * (len(accuracies) - 1) / 2)
    for _ in range(tries):
        luck = np.sqrt(0.5) * random.normal(size=(items, 1))
        own = np.sqrt(0.5) * random.normal(size=(items, len(accuracies)))
        right = (luck + own < norm.ppf(accuracies)).astype(float)
        values, samples = right.mean(axis=0), Resampling(300).drawn(right) / items
        best = int(values.argmax())
        error = (right[:, [best]] - right).std(axis=0, ddof=1) / np.sqrt(items)
        p = 2 * ndtr(-(values[best] - values) / np.where(error > 0, error, 1))
        kept += p >= levels(values, samples)
        wide += (p >= several).sum()
    return kept, wide / tries


@pytest.mark.parametrize("candidates", [2, 4, 8])
def test_each_of_several_equals_is_kept_as_often_as_promised(candidates):
    kept, _ = tried([0.85] * candidates, 200, 150, candidates)
    print(candidates, kept / 150)
    assert kept.sum() >= within(150 * candidates, 0.94)[0]


def test_the_better_one_is_kept_and_fewer_others_than_by_all_pairs():
    kept, wide = tried([0.88] + [0.83] * 7, 300, 100, 0)
    print(kept, wide)
    assert kept[0] == 100 and kept.sum() / 100 < 0.85 * wide


@pytest.mark.filterwarnings("error")
def test_a_single_pair_takes_five_per_cent_and_copies_and_undefined_ones_do_not_count():
    random = np.random.default_rng(1)
    noise, values = random.normal(0, 0.02, (2000, 5)), np.array([0.9, 0.8, 0.85, 0.8, 0.7])
    pair = levels(values[:2], (noise + values)[:, :2])
    assert pair == pytest.approx([0.05, 0.05])
    every = levels(values, noise + values)
    assert (every < 0.04).all() and (every > 0.01).all()
    assert levels(values, noise + values, -1.0).shape == (5,)
    copies = levels(np.full(3, 0.8), np.tile(noise[:, :1] + 0.8, 3))
    assert copies == pytest.approx(0.05) and levels(np.ones(2), np.ones((9, 2)))[0] == 0.05
    lost = values.copy()
    lost[2:] = np.nan
    assert levels(lost, noise + lost)[:2] == pytest.approx(pair)
    bonferroni = 2 * ndtr(-ndtri(1 - 0.05 / 4))
    assert every.min() > 0.9 * bonferroni
