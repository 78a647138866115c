"""Candidates against each other: golden values, and ties, twins and perfection."""

import numpy as np
import pytest
from factories.trials import holds, within
from scipy.special import expit, ndtr
from statsmodels.stats.contingency_tables import mcnemar as theirs

from helpers.metrics import registry
from helpers.metrics.confusion_matrix import confusion_matrix, counts
from helpers.metrics.paired_tests import (
    Difference,
    compare_all,
    mcnemar,
    pair_from_samples,
    pairing,
    rank_intervals,
)
from helpers.metrics.resampled_metric import resampled_metric
from helpers.metrics.unit_contributions import Answers, UnitContributions


def compared(metric, labels, said, scores=None, groups=None, classes=2, resamples=500):
    answers = Answers(labels, said, classes, scores if scores is not None else (), groups)
    return compare_all(metric, answers, *resampled_metric(metric, answers, resamples))


@pytest.mark.parametrize(("only_a", "only_b"), [(0, 0), (1, 0), (5, 1), (30, 12), (10, 10)])
def test_mcnemar_is_that_of_statsmodels(only_a, only_b):
    right_a = np.r_[np.ones(only_a), np.zeros(only_b), np.ones(20)].astype(bool)
    right_b = np.r_[np.zeros(only_a), np.ones(only_b), np.ones(20)].astype(bool)
    table = [[20, only_a], [only_b, 0]]
    expected = theirs(table, exact=True).pvalue if only_a + only_b else 1.0
    assert mcnemar(right_a, right_b) == pytest.approx(min(expected, 1))


def test_resampling_all_candidates_at_once_is_resampling_each():
    random = np.random.default_rng(0)
    labels, said = random.integers(0, 3, 50), random.integers(0, 3, (4, 50))
    for metric, of in registry.functions("counts").items():
        values, samples = resampled_metric(metric, Answers(labels, said, 3), 100, 7)
        assert samples.shape == (100, 4)
        for each, value in zip(said, values, strict=True):
            assert value == pytest.approx(float(of(counts(confusion_matrix(labels, each, 3)))))
    alone = resampled_metric("macro-f1", Answers(labels, said[2:3], 3), 100, 7)[1]
    together = resampled_metric("macro-f1", Answers(labels, said, 3), 100, 7)[1]
    assert (alone[:, 0] == together[:, 2]).all()


def test_groups_of_one_are_no_groups():
    random = np.random.default_rng(0)
    labels, said = random.integers(0, 2, 80), random.integers(0, 2, (2, 80))
    names = np.array([f"{number:03d}" for number in range(80)])
    for metric in ("macro-f1", "accuracy"):
        plain = resampled_metric(metric, Answers(labels, said, 2), 50, 1)[1]
        grouped = resampled_metric(metric, Answers(labels, said, 2, groups=names), 50, 1)[1]
        assert grouped == pytest.approx(plain)


@pytest.mark.parametrize("metric", registry.functions("counts", "scores", "ranking"))
@pytest.mark.filterwarnings("error")
def test_twins_tie_and_the_interval_is_not_a_point(metric):
    random = np.random.default_rng(0)
    labels, scores = random.integers(0, 2, 60), random.dirichlet([1, 1], 60)
    said = np.array([scores.argmax(1)] * 2)
    pair = compared(metric, labels, said, np.array([scores] * 2))[0]
    assert pair.difference == 0 and pair.p == pair.p_holm == 1
    assert pair.low < 0 < pair.high and pair.detectable > 0 and pair.items_high == np.inf


@pytest.mark.parametrize("metric", ["accuracy", "macro-f1"])
def test_perfect_against_hopeless_and_five_items(metric):
    labels = np.array([0, 1, 0, 1, 0])
    pair = compared(metric, labels, np.array([labels, 1 - labels]))[0]
    assert pair.difference == 1 and pair.low < 1 <= pair.high and pair.p < 0.1
    tie = compared(metric, labels, np.array([labels, labels]))[0]
    assert tie.p == 1


def test_an_undefined_metric_is_not_tested():
    labels = np.random.default_rng(0).integers(0, 2, 40)
    said = np.array([labels, labels * 0, np.roll(labels, 1)])
    pairs = compared("matthews-correlation", labels, said)
    assert [np.isnan(pair.p_holm) for pair in pairs] == [True, False, True]
    assert rank_intervals(pairs, 3).shape == (3, 2)


def test_ranks_follow_from_the_tests_and_turn_round_for_losses():
    random = np.random.default_rng(0)
    labels = random.integers(0, 2, 500)
    said = np.array(
        [np.where(random.random(500) < skill, labels, 1 - labels) for skill in (0.95, 0.94, 0.6)]
    )
    ranks = rank_intervals(compared("accuracy", labels, said), 3)
    assert ranks.tolist() == [[1, 2], [1, 2], [3, 3]]
    turned = rank_intervals(compared("accuracy", labels, said), 3, lower_is_better=True)
    assert turned.tolist() == [[2, 3], [2, 3], [1, 1]]


def test_ties_everywhere_leave_every_rank_open():
    labels = np.random.default_rng(0).integers(0, 2, 100)
    said = np.array([labels] * 4)
    assert (rank_intervals(compared("macro-f1", labels, said), 4) == [1, 4]).all()


def test_groups_of_uneven_sizes_count_as_fewer():
    random = np.random.default_rng(6)
    labels, predictions = random.integers(0, 2, 60), random.integers(0, 2, (2, 60))
    even, uneven = np.arange(60) // 3, np.r_[np.zeros(41, int), np.arange(1, 20)]
    freedom = {}
    for name, groups in (("none", None), ("even", even), ("uneven", uneven)):
        answers = Answers(labels, predictions, 2, groups=groups)
        freedom[name] = UnitContributions("macro-f1", answers).freedom(0, 1)
    assert freedom["none"] == np.inf and freedom["even"] == pytest.approx(19)
    assert 1 <= freedom["uneven"] < 2


def test_a_pair_of_groups_is_no_surer_than_its_test():
    """Where the interval of a few groups excludes no difference, so does the test."""
    sure = {True: 0, False: 0}
    for seed in range(60):
        random = np.random.default_rng([7, seed])
        gaps = random.gamma(1, 1, 8) - 0.6
        samples = random.choice(gaps, (800, 8)).mean(axis=1)
        difference = Difference(gaps.mean(), samples, 8, 80, 8)
        pair = pair_from_samples(0, 1, difference, lambda: 0.0)
        excludes = pair.low > 0 or pair.high < 0
        assert not excludes or pair.p < 0.05
        sure[excludes] += 1
    assert min(sure.values()) > 5


def test_the_difference_of_two_areas_holds_with_five_positives():
    tries, held, labels = 120, 0, np.r_[np.ones(5, int), np.zeros(145, int)]
    truth = ndtr(1.4) - ndtr(1.0)
    for seed in range(tries):
        noise = np.random.default_rng([8, seed]).normal(size=(3, 150))
        seen = np.sqrt(2) * (noise[0] + noise[1:]) / 2 + np.outer([1.4, 1.0], labels) * np.sqrt(2)
        scores = [np.column_stack([1 - p, p]) for p in expit(seen)]
        answers = Answers(labels, np.zeros((2, 150), int), 2, scores)
        pair = pairing("roc-auc", answers, *resampled_metric("roc-auc", answers, 400))(0, 1)
        held += pair.low <= truth <= pair.high
    assert holds(held, tries)


@pytest.mark.parametrize("metric", ["macro-f1", "macro-recall", "balanced-accuracy"])
@pytest.mark.parametrize(("classes", "zipf"), [(100, 0), (20, 1)])
def test_equals_are_seldom_told_apart_by_classes_of_few_items(metric, classes, zipf):
    """A class that keeps its place in resamples without an item of it shows no luck."""
    weights, tries, alarms = 1 / np.arange(1, classes + 1) ** zipf, 60, 0
    for seed in range(tries):
        random = np.random.default_rng(seed)
        labels = random.choice(classes, 100, p=weights / weights.sum())
        wrong = (labels + random.integers(1, classes, (2, 100))) % classes
        said = np.where(random.random((2, 100)) < 0.8, labels, wrong)
        alarms += compared(metric, labels, said, classes=classes, resamples=200)[0].p < 0.05
    assert alarms <= within(tries, 0.05)[1]


@pytest.mark.parametrize("metric", ["roc-auc", "average-precision"])
@pytest.mark.parametrize(("items", "classes"), [(60, 2), (100, 50)])
def test_equal_rankings_are_seldom_told_apart_by_classes_of_few_items(metric, items, classes):
    tries, alarms = 60, 0
    labels = np.arange(items) % classes if classes > 2 else (np.arange(items) == 0).astype(int)
    for seed in range(tries):
        random = np.random.default_rng(seed)
        seen = 0.7 * random.normal(size=(items, classes))
        seen = seen + 0.7 * random.normal(size=(2, items, classes)) + 1.5 * np.eye(classes)[labels]
        scores = np.exp(seen) / np.exp(seen).sum(axis=2, keepdims=True)
        pair = compared(metric, labels, scores.argmax(2), list(scores), None, classes, 200)[0]
        alarms += pair.p < 0.05
        assert pair.low <= pair.difference <= pair.high
    assert alarms <= within(tries, 0.05)[1]


def test_one_positive_makes_no_sure_winner_and_eight_may():
    """Perfect against chance: by a single positive that is its luck, whatever the rest."""
    for positives, sure in ((1, False), (8, True)):
        labels, random = (np.arange(200) < positives).astype(int), np.random.default_rng(0)
        said = [labels * 0.8 + 0.1, random.random(200)]
        scores = [np.column_stack([1 - each, each]) for each in said]
        pair = compared("roc-auc", labels, np.array([labels, labels]), scores)[0]
        assert pair.difference > 0.2 and (pair.p < 0.05) is sure and (pair.low > 0) is sure


@pytest.mark.parametrize("groups", [None, np.arange(60) // 3])
def test_how_many_candidates_are_resampled_at_once_changes_no_number(monkeypatch, groups):
    random = np.random.default_rng(2)
    labels = random.integers(0, 4, 60)
    said = np.where(random.random((5, 60)) < 0.6, labels, random.integers(0, 4, (5, 60)))
    answers = Answers(labels, said, 4, (), groups)
    at_once = resampled_metric("macro-f1", answers, 50)
    monkeypatch.setattr("helpers.metrics.resampled_metric._COLUMNS", 16)
    for whole, by_two in zip(at_once, resampled_metric("macro-f1", answers, 50), strict=True):
        assert np.array_equal(whole, by_two)
