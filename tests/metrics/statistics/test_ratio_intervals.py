"""Ratios of sums, such as word error rates: speakers, not utterances, are the sample."""

import numpy as np
import pytest
from factories.trials import covers, holds
from scipy.stats import bootstrap

from helpers.metrics.confusion_intervals import share
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import wilson
from helpers.metrics.statistics.ratio_intervals import ratio_intervals


def rate(errors, words, groups=None, resamples=300):
    table = np.column_stack([errors, words])
    with np.errstate(invalid="ignore", divide="ignore"):
        metrics = {"rate": lambda sums: sums[..., 0] / sums[..., 1]}
        return ratio_intervals(table, metrics, Resampling(resamples, groups=groups))["rate"]


def spoken(speakers, utterances, random):
    """Word errors, words and speakers [N]; each speaker is as hard as chance has it."""
    hard = random.beta(2, 14, (speakers, 1))
    words = random.integers(3, 16, (speakers, utterances))
    errors = random.binomial(words, np.broadcast_to(hard, words.shape))
    return errors.ravel(), words.ravel(), np.arange(speakers).repeat(utterances)


TRUTH = 2 / 16


def test_utterances_under_cover_where_speakers_cover():
    random, tries, naive, whole = np.random.default_rng(0), 300, 0, 0
    for _ in range(tries):
        errors, words, speakers = spoken(20, 20, random)
        alone, found = rate(errors, words), rate(errors, words, speakers)
        naive += alone.low <= TRUTH <= alone.high
        whole += found.low <= TRUTH <= found.high
    print(naive / tries, whole / tries)
    assert naive / tries < 0.8
    assert covers(whole, tries)


def test_a_mean_is_the_ratio_with_denominators_of_one():
    losses = np.random.default_rng(2).exponential(size=400)
    ours = rate(losses, np.ones(400), resamples=4000)
    theirs = bootstrap((losses,), np.mean, method="BCa", batch=500, n_resamples=4000, rng=3)
    limits = theirs.confidence_interval
    assert ours.value == pytest.approx(losses.mean())
    assert [ours.low, ours.high] == pytest.approx([limits.low, limits.high], abs=0.01)


@pytest.mark.filterwarnings("error")
def test_perfection_five_items_and_nothing_to_divide_by():
    words = np.array([3, 4, 5, 6, 7])
    errors = np.array([0, 1, 0, 2, 1])
    perfect = rate(errors * 0, words)
    assert perfect.value == 0 and perfect.low == 0 and perfect.high == wilson(0, 5).high
    assert np.isnan(rate(errors[:2], words[:2]).low)
    assert rate(errors, words * 0).note == "nothing to divide by"
    one = rate(np.array([1, 0, 0, 0, 0]), np.array([4, 0, 0, 0, 0]))
    assert (
        one.value == 0.25 and np.isnan(one.low) and "only 1 of the items have anything" in one.note
    )


@pytest.mark.parametrize(("groups", "truth"), [(6, 0.5), (20, 0.8), (20, 0.95)])
def test_a_share_covers_where_items_are_of_few_groups_of_unequal_size(groups, truth):
    random, tries, naive, whole = np.random.default_rng(3), 300, 0, 0
    for seed in range(tries):
        sizes = np.clip(np.exp(random.normal(2, 0.9, groups)).round(), 1, 80).astype(int)
        code = np.arange(groups).repeat(sizes)
        own = random.beta(9 * truth, 9 * (1 - truth), groups)[code]
        hits = random.random(len(code)) < own
        alone, found = share(hits), share(hits, Resampling(300, seed, code))
        naive += alone.low <= truth <= alone.high
        whole += found.low <= truth <= found.high <= 1
    print(groups, naive / tries, whole / tries)
    assert naive / tries < 0.9
    assert holds(whole, tries)
