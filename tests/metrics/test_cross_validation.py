"""Intervals and tests of a cross-validation: what they promise, in worlds whose truth is known."""

import numpy as np
import pytest
from factories import folds
from scipy.stats import binom

from helpers.metrics import cross_validation
from helpers.metrics.classification import estimate
from helpers.metrics.cross_validation import fold_scores
from helpers.metrics.paired_tests import pairing_in_folds
from helpers.metrics.point_values import point_value
from helpers.metrics.registry import METRICS
from helpers.metrics.statistics.after_selection import after_selection
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import Estimate
from helpers.metrics.unit_contributions import Answers

WORLDS, ITEMS = 120, 100
NAMES = ("accuracy", "macro-f1", "log-loss", "roc-auc")


def world(seed, *strengths, items=ITEMS, **how):
    random = np.random.default_rng([items, seed])
    labels, seen = folds.drawn(items, random, *strengths)
    return folds.crossed(labels, seen, random, **how)


def estimated(metric, repeats):
    first = repeats[0][0]
    answers = first.labels, first.predictions[0], first.scores[0]
    pooled = estimate(metric, *answers, Resampling(100, 0, first.groups), folds.CLASSES)
    return cross_validation.estimate(metric, repeats, pooled)


def compared(metric, repeats):
    scores = fold_scores(metric, repeats)
    return pairing_in_folds(lambda a, b: scores, scores.values, ITEMS)(0, 1)


@pytest.fixture(scope="module")
def equal():
    return [world(seed, 1.0, 1.0) for seed in range(WORLDS)]


def test_intervals_hold_what_a_model_trained_on_as_many_items_scores(equal):
    for name in NAMES:
        truth = folds.expected(ITEMS, lambda x, y, m=METRICS[name]: point_value(m, x, y))
        every = [estimated(name, folds.first(repeats)) for repeats in equal]
        held = sum(each.low <= truth <= each.high for each in every)
        assert binom.cdf(held, WORLDS, 0.95) > 0.005, (name, held)
        assert np.mean([each.high - each.low for each in every]) < 0.3


def test_equal_candidates_are_told_apart_as_rarely_as_promised_and_others_are_found(equal):
    for name in NAMES:
        alarms = sum(compared(name, repeats).p < 0.05 for repeats in equal)
        assert binom.sf(alarms - 1, WORLDS, 0.05) > 0.005, (name, alarms)
    weaker = [compared("accuracy", world(seed, 1.0, 0.7)) for seed in range(60)]
    assert sum(pair.p < 0.05 and pair.difference > 0 for pair in weaker) > 25


def test_a_naive_test_over_folds_would_not_do(equal):
    """The reason for all this: uncorrected, half of all equals are told apart."""
    alarms = 0
    for repeats in equal:
        parts = fold_scores("accuracy", repeats).parts
        apart = parts[:, 0] - parts[:, 1]
        alarms += abs(apart.mean()) > 1.98 * apart.std(ddof=1) / np.sqrt(len(apart))
    assert alarms > WORLDS / 3


def test_the_correction_is_that_of_nadeau_and_bengio():
    repeats = world(1, 1.0, 0.8, folds=5, repeats=4)
    scores = fold_scores("accuracy", repeats)
    rights = [(a.predictions == a.labels, fold) for a, fold in repeats]
    means = np.array([r[:, fold == k].mean(axis=1) for r, fold in rights for k in range(5)])
    assert scores.parts == pytest.approx(means) and scores.freedom == 19
    assert scores.values == pytest.approx(np.mean([r.mean(axis=1) for r, _ in rights], axis=0))
    apart = means[:, 0] - means[:, 1]
    error = np.sqrt(apart.var(ddof=1) * (1 / 20 + 1 / 4))
    assert compared("accuracy", repeats).error == pytest.approx(error)
    alone = cross_validation.alone("macro-f1", repeats)
    first, fold = repeats[0]
    here = fold == 0
    told = point_value(METRICS["macro-f1"], first.labels[here], first.scores[1][here])
    assert alone[0, 1] == pytest.approx(told) and len(alone) == 20
    drawn = scores.samples(scores.values, 20_000, 0)
    spread = drawn.std(axis=0) ** 2 * (19 - 2) / 19
    assert spread == pytest.approx(np.diag(scores.covariance(scores.parts)), rel=0.1)
    assert np.array_equal(drawn, scores.samples(scores.values, 20_000, 0))


def test_neither_the_order_of_items_nor_of_candidates_matters():
    repeats, mix = world(2, 1.0, 0.8), np.random.default_rng(0).permutation(ITEMS)
    mixed = [
        (Answers(a.labels[mix], a.predictions[:, mix], 4, [s[mix] for s in a.scores]), fold[mix])
        for a, fold in repeats
    ]
    for name in NAMES:
        one, other = fold_scores(name, repeats), fold_scores(name, mixed)
        assert one.parts == pytest.approx(other.parts)
        back = compared(
            name,
            [(Answers(a.labels, a.predictions[::-1], 4, a.scores[::-1]), f) for a, f in repeats],
        )
        assert back.difference == pytest.approx(-compared(name, repeats).difference)
        assert back.p == pytest.approx(compared(name, repeats).p)


def test_nothing_has_an_interval_of_no_width():
    labels = np.tile([0, 1], 30)
    sure = np.eye(2)[labels] * 0.98 + 0.01
    repeats = [(Answers(labels, labels[None], 2, [sure]), np.arange(60) // 2 % 10)] * 3
    for name in ("accuracy", "macro-f1", "matthews-correlation"):
        found = estimated(name, repeats)
        assert found.value == 1 == found.high and found.low < 0.97
    same = [(Answers(a.labels, a.predictions[[0, 0]], 2, a.scores * 2), f) for a, f in repeats]
    pair = compared("accuracy", same)
    assert pair.p == 1 and pair.low < 0 < pair.high
    wrong = [
        (Answers(a.labels, np.array([labels, 0 * labels]), 2, a.scores * 2), f) for a, f in repeats
    ]
    assert compared("accuracy", wrong).p < 1e-6  # the same difference in every fold


def test_few_groups_leave_few_degrees_of_freedom():
    groups = np.arange(ITEMS) % 6
    repeats = world(3, 1.0, 1.0, folds=6, repeats=3, groups=groups)
    scores = fold_scores("accuracy", repeats)
    assert len(scores.parts) == 18 and scores.freedom == 5
    assert "Wilson" not in estimated("accuracy", folds.first(repeats)).method


@pytest.mark.parametrize(("count", "least"), [(3, 0.25), (5, 1 / 16), (8, 0)])
def test_so_few_groups_prove_nothing_in_folds_either(count, least):
    """One candidate is right everywhere, the other nowhere."""
    labels, groups = np.tile([0, 1], 60), np.arange(120) % count
    told = np.array([labels, 1 - labels])
    pair = compared("accuracy", [(Answers(labels, told, 2, [None] * 2, groups), groups)])
    assert pair.p == pytest.approx(max(least, 2.0 ** (1 - count))) or (least == 0 and pair.p < 0.01)
    assert np.isinf(pair.power.detectable()) == bool(least)


@pytest.mark.parametrize("metric", ["roc-auc", "average-precision"])
def test_one_positive_in_folds_tells_nothing_apart(metric):
    labels, alarms = np.arange(60) // 59, 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        ones = np.clip(random.random((2, 60)), 0.01, 0.99)
        scores = [np.column_stack([1 - one, one]) for one in ones]
        answers = Answers(labels, (ones > 0.5).astype(int), 2, scores)
        pair = compared(metric, [(answers, random.permutation(60) % 10)])
        alarms += pair.p < 0.05
        assert not pair.low > 0 and not pair.high < 0
    assert alarms == 0


def test_what_has_no_value_stays_without():
    nothing = Estimate(np.nan, np.nan, np.nan, "none", "why")
    assert cross_validation.estimate("roc-auc", folds.first(world(1, 1.0)), nothing) is nothing
    repeats = world(1, 1.0, 1.0)
    scores = fold_scores("accuracy", repeats)
    pair = pairing_in_folds(lambda a, b: scores, np.array([np.nan, 0.5]), ITEMS)(0, 1)
    assert np.isnan(pair.p) and pair.power is None


def test_equals_are_not_told_apart_by_classes_of_one_item():
    random, alarms = np.random.default_rng(0), 0
    for _ in range(30):
        labels = np.arange(100)
        said = np.where(random.random((2, 100)) < 0.8, labels, random.integers(0, 100, (2, 100)))
        alarms += compared("macro-f1", [(Answers(labels, said, 100), labels % 10)]).p < 0.05
    assert alarms <= 3


def test_a_clear_winner_of_two_folds_is_not_expected_to_fall_to_the_others():
    """One degree of freedom draws samples without a mean."""
    labels = np.tile([0, 0, 1, 1], 15)
    said = np.array([np.where(np.arange(60) % 12, labels, 1 - labels), 0 * labels])
    found = fold_scores("accuracy", [(Answers(labels, said, 2), np.arange(60) % 2)])
    assert found.freedom == 1
    samples = found.samples(found.values, 2000, 0)
    assert after_selection(found.values, samples, 0.0, 1.0).value > found.values[0] - 0.05
