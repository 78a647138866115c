"""Ratios of sums, such as word error rates: speakers, not utterances, are the sample."""

import numpy as np
import pytest
from made_trials import covers, within
from scipy.stats import bootstrap

from helpers.metrics.ratios import compare_ratios, ratio_intervals


def spoken(speakers, utterances, random, models=1):
    """Word errors [M, N], words [N] and speakers [N]; each speaker is as hard as chance has it."""
    rate = random.beta(2, 14, (models, speakers, 1))
    words = random.integers(3, 16, (speakers, utterances))
    errors = random.binomial(words, np.broadcast_to(rate, (models, speakers, utterances)))
    return errors.reshape(models, -1), words.ravel(), np.arange(speakers).repeat(utterances)


TRUTH = 2 / 16


def test_utterances_under_cover_where_speakers_cover():
    random, tries, naive, whole = np.random.default_rng(0), 300, 0, 0
    for _ in range(tries):
        [errors], words, speakers = spoken(20, 20, random)
        alone = ratio_intervals({"wer": errors}, words, 300)["wer"]
        found = ratio_intervals({"wer": errors}, words, 300, groups=speakers)["wer"]
        naive += alone.low <= TRUTH <= alone.high
        whole += found.low <= TRUTH <= found.high
    print(naive / tries, whole / tries)
    assert naive / tries < 0.8
    assert covers(whole, tries)


def test_two_models_alike_are_told_apart_by_utterances_and_not_by_speakers():
    random, tries, naive, whole, inside = np.random.default_rng(1), 300, 0, 0, 0
    for _ in range(tries):
        (a, b), words, speakers = spoken(16, 20, random, 2)
        naive += compare_ratios(a, b, words, 300).p < 0.05
        pair = compare_ratios(a, b, words, 300, groups=speakers)
        whole += pair.p < 0.05
        inside += pair.low <= 0 <= pair.high
    print(naive / tries, whole / tries, inside / tries)
    assert naive / tries > 0.2
    assert whole <= within(tries, 0.06)[1]
    assert covers(inside, tries)


def test_a_mean_is_the_ratio_with_denominators_of_one():
    losses = np.random.default_rng(2).exponential(size=400)
    ours = ratio_intervals({"loss": losses}, np.ones(400), 4000)["loss"]
    theirs = bootstrap((losses,), np.mean, method="BCa", batch=500, n_resamples=4000, rng=3)
    limits = theirs.confidence_interval
    assert ours.value == pytest.approx(losses.mean())
    assert [ours.low, ours.high] == pytest.approx([limits.low, limits.high], abs=0.01)


@pytest.mark.filterwarnings("error")
def test_twins_perfection_five_items_and_nothing_to_divide_by():
    words = np.array([3, 4, 5, 6, 7])
    errors = np.array([0, 1, 0, 2, 1])
    twins = compare_ratios(errors, errors, words)
    assert twins.p == 1 and twins.difference == 0 and twins.low < 0 < twins.high
    five = compare_ratios(errors * 0, words, words)
    assert five.difference == -1 and five.p >= 2**-4
    perfect = ratio_intervals({"wer": errors * 0}, words)["wer"]
    assert perfect.value == 0 and np.isnan(perfect.low) and perfect.note
    assert ratio_intervals({"wer": errors}, words * 0)["wer"].note == "nothing to divide by"
