"""Slices: the test permutes whole groups or speakers, and looks at all slices at once."""

import numpy as np
import pytest
from factories.trials import covers, within

from helpers.metrics import word_error_intervals, word_error_rate
from helpers.metrics.slices import Sums, by_slice, divide
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import undefined

SPEAKERS = np.arange(20).repeat(10)


@pytest.fixture(autouse=True)
def few_permutations(monkeypatch):
    monkeypatch.setattr("helpers.metrics.slices.PERMUTATIONS", 99)


def corpus(random, rates, groups=None, alike=0.1):
    """Utterances of 1 to 12 words with these error rates [N]; those of a group share their luck."""
    groups, scale = np.arange(len(rates)) if groups is None else groups, 1 / alike - 1
    luck = random.beta(0.25 * scale, 0.75 * scale, groups.max() + 1)[groups] - 0.25
    counted = np.zeros((len(rates), 8), np.int64)
    length = random.integers(1, 13, len(rates))
    counted[:, word_error_rate.SUBSTITUTIONS] = random.binomial(length, np.clip(rates + luck, 0, 1))
    counted[:, word_error_rate.HITS] = length - counted[:, word_error_rate.SUBSTITUTIONS]
    return counted


def p_of(counted, slices, seed, groups=None):
    """Test alone, without the intervals."""
    said, rate = word_error_rate.reference_words(counted), word_error_rate.word_error_rate
    return divide(
        slices,
        lambda part: undefined(""),
        Sums(counted, said, rate),
        Resampling(seed=seed, groups=groups),
    ).p


ACCENTS = SPEAKERS % 2


ONE_TORN = np.where(np.arange(200) < 5, 1, ACCENTS)  # one speaker speaks in both


CATEGORIES = np.arange(200) % 3  # everybody speaks in all


@pytest.mark.parametrize(
    "slices", [ACCENTS, ONE_TORN, CATEGORIES], ids=["accents", "one speaks in both", "categories"]
)
def test_speakers_alike_make_slices_differ_one_time_in_twenty(slices):
    random, tries, alarms, naive = np.random.default_rng(0), 200, 0, 0
    for seed in range(tries):
        counted = corpus(random, np.full(200, 0.25), SPEAKERS)
        alarms += p_of(counted, slices, seed, SPEAKERS) <= 0.05
        naive += p_of(counted, slices, seed) <= 0.05
    print(alarms / tries, naive / tries)
    assert alarms <= within(tries, 0.05)[1]
    assert slices is CATEGORIES or naive > 0.2 * tries


@pytest.mark.parametrize(
    ("sizes", "rates"),
    [([5] * 5, [0.05] + [0.7] * 4), ([50, 40, 5], [0.2, 0.4, 0.3])],
    ids=["one of five small ones", "two large ones beside a small one"],
)
def test_what_differs_is_found_whatever_the_noise_of_small_slices(sizes, rates):
    random, tries, found, alarms = np.random.default_rng(1), 100, 0, 0
    slices = np.arange(len(sizes)).repeat(sizes)
    for seed in range(tries):
        found += p_of(corpus(random, np.array(rates)[slices]), slices, seed) <= 0.05
        alarms += p_of(corpus(random, np.full(len(slices), 0.3)), slices, seed) <= 0.05
    print(found / tries, alarms / tries)
    assert found > 0.8 * tries and alarms <= within(tries, 0.05)[1]


def test_in_a_slice_speakers_are_resampled_however_few_and_the_note_says_so():
    random = np.random.default_rng(2)
    counted = corpus(random, np.full(200, 0.25), SPEAKERS)
    slices = np.where(SPEAKERS < 4, "four", np.where(SPEAKERS < 6, "two", "many"))
    found = word_error_intervals.by_slice(
        word_error_rate.PRIMARY, counted, slices, Resampling(200, 0, SPEAKERS)
    )
    four, many, two = found.estimates
    assert found.names == ["four", "many", "two"] and found.sizes == [40, 140, 20]
    assert "cluster" in four.method and four.note.startswith("only 4 groups")
    assert "cluster" in many.method and np.isnan(two.low) and two.note.startswith("only 2 groups")
    lone = word_error_intervals.by_slice(
        word_error_rate.PRIMARY, counted, np.full(200, "a"), Resampling(200)
    )
    assert np.isnan(lone.gap) and np.isnan(lone.p)


def test_an_interval_of_a_slice_covers_where_it_has_four_speakers():
    random, tries, hits, naive = np.random.default_rng(3), 250, 0, 0
    code = SPEAKERS[:40]
    for seed in range(tries):
        counted = corpus(random, np.full(40, 0.25), code)
        found = word_error_intervals.estimates(counted, Resampling(300, seed, code))[
            word_error_rate.PRIMARY
        ]
        alone = word_error_intervals.estimates(counted, Resampling(300, seed))[
            word_error_rate.PRIMARY
        ]
        hits += found.low <= 0.25 <= found.high
        naive += alone.low <= 0.25 <= alone.high
    print(hits / tries, naive / tries)
    assert covers(hits, tries) and naive < 0.85 * tries


def test_a_real_gap_between_slices_is_found_and_shuffling_groups_is_honest(monkeypatch):
    monkeypatch.setattr("helpers.metrics.slices.PERMUTATIONS", 1000)
    random = np.random.default_rng(0)
    slices = np.repeat(["mono", "poly"], 300)
    labels = random.integers(0, 2, 600)
    right = random.random(600) < np.repeat([0.95, 0.75], 300)
    predictions = np.where(right, labels, 1 - labels)
    found = by_slice("macro-f1", labels, predictions, 2, slices, Resampling(200))
    assert found.names == ["mono", "poly"] and found.sizes == [300, 300]
    assert found.gap > found.usual_gap and found.p < 0.01
    grouped = by_slice("macro-f1", labels, predictions, 2, slices, Resampling(200, 0, slices))
    assert np.isnan(grouped.p)  # a group each: no division differs more, or less


@pytest.mark.parametrize(("each", "told"), [(1, False), (2, False), (4, True)])
def test_so_few_speakers_that_no_gap_could_show_have_no_test(each, told):
    """Three slices of so many speakers, one of which is far worse."""
    speakers, slices = np.arange(30 * each) // 10, np.arange(30 * each) // (10 * each)
    counted = corpus(np.random.default_rng(0), np.where(slices == 2, 0.8, 0.1), speakers)
    p = p_of(counted, slices, 0, speakers)
    assert p < 0.05 if told else np.isnan(p)


def mixed_sites(random, first, items=200, right=0.9):
    """Two sites where each class is recognised equally well; ``first`` is class 0's share."""
    site = np.repeat([0, 1], items)
    labels = (random.random(2 * items) >= np.array(first)[site]).astype(int)
    return labels, np.where(random.random(2 * items) < right, labels, 1 - labels), site


@pytest.mark.parametrize("metric", ["macro-f1", "macro-precision", "matthews-correlation"])
@pytest.mark.parametrize("groups", [None, np.arange(400) // 4], ids=["items", "groups"])
def test_a_mix_of_classes_is_no_gap(metric, groups):
    random, tries, alarms, found, hidden = np.random.default_rng(4), 100, 0, 0, 0
    for seed in range(tries):
        resampling = Resampling(20, seed, groups)
        labels, said, site = mixed_sites(random, [0.95, 0.5])
        alarms += by_slice(metric, labels, said, 2, site, resampling).p <= 0.05
        worse = np.where((site == 0) & (random.random(400) < 0.2), 1 - labels, said)
        found += by_slice(metric, labels, worse, 2, site, resampling).p <= 0.05
        rich = np.where((site == 1) & (random.random(400) < 0.15), 1 - labels, said)
        other = by_slice(metric, labels, rich, 2, site, resampling)
        hidden += other.p <= 0.05 and other.lowest == "1"
    print(alarms / tries, found / tries, hidden / tries)
    assert alarms <= within(tries, 0.05)[1]
    # groups of four change slices among those of their own mix alone
    assert min(found, hidden) > (0.5 if groups is None else 0.3) * tries


def test_slices_without_a_class_in_common_are_not_compared():
    labels = np.repeat([0, 1], 50)
    found = by_slice("macro-f1", labels, labels, 2, labels, Resampling(20))
    assert np.isnan(found.p) and np.isnan(found.usual_gap)
