"""Do 95 % intervals hold the truth 95 times in 100, and tests cry wolf 5 times in 100?"""

import numpy as np
import pytest
from factories.parameters import first
from factories.trials import holds
from scipy.stats import binom

from helpers.metrics import registry
from helpers.metrics.calibration import calibration
from helpers.metrics.classification import estimate
from helpers.metrics.confusion_intervals import class_intervals, count_intervals
from helpers.metrics.confusion_matrix import Counts, counts
from helpers.metrics.paired_tests import compare_all, mcnemar, rank_intervals
from helpers.metrics.point_values import point_value
from helpers.metrics.resampled_metric import resampled_metric
from helpers.metrics.slices import by_slice
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import wilson
from helpers.metrics.unit_contributions import Answers

LOW, HIGH = 0.93, 0.975


def truth_table(prior, recall):
    """Probability of each label and prediction: errors fall evenly on the other classes."""
    classes = len(prior)
    table = np.empty((classes, classes))
    for k in range(classes):
        table[k] = (1 - recall[k]) / (classes - 1)
        table[k, k] = recall[k]
    return table * np.array(prior)[:, None]


def drawn(table, items, random):
    cells = random.choice(table.size, p=table.ravel(), size=items)
    return cells // len(table), cells % len(table)


def held(tries):
    """Bounds within which the count of hits falls in 999 of 1,000 runs at 93 to 97 %."""
    return binom.ppf(0.0005, tries, 0.93) / tries, binom.ppf(0.9995, tries, 0.97) / tries


TABLES = {
    "balanced": (truth_table([0.5, 0.5], [0.85, 0.9]), 100),
    "imbalanced": (truth_table([0.7, 0.3], [0.93, 0.75]), 200),
    "ten-classes": (truth_table([0.1] * 10, [0.85] * 10), 300),
}


@pytest.mark.parametrize("name", first(TABLES))
def test_intervals_of_counts_metrics_cover(name):
    table, items = TABLES[name]
    random, tries = np.random.default_rng(1), 250
    truth = {
        metric: float(of(counts(table))) for metric, of in registry.functions("counts").items()
    }
    hits = dict.fromkeys(truth, 0)
    for seed in range(tries):
        found = count_intervals(*drawn(table, items, random), len(table), Resampling(500, seed))
        for metric, value in truth.items():
            hits[metric] += found[metric].low <= value <= found[metric].high
    low, high = held(tries)
    coverage = {metric: count / tries for metric, count in hits.items()}
    print(name, items, coverage)
    assert all(low <= each <= high for each in coverage.values()), coverage


@pytest.mark.parametrize("recall", [0.9, 0.99])
def test_few_items_and_few_errors_do_not_make_an_interval_too_sure(recall):
    table, random, tries = truth_table([0.7, 0.3], [recall, recall]), np.random.default_rng(2), 300
    truth = float(registry.functions("counts")["macro-f1"](counts(table)))
    hits = 0
    for seed in range(tries):
        found = count_intervals(*drawn(table, 30, random), 2, Resampling(500, seed), "macro-f1")[
            "macro-f1"
        ]
        hits += found.low <= truth <= found.high
    print(recall, hits / tries)
    assert hits / tries > held(tries)[0]


def test_intervals_of_a_class_cover():
    table, random, tries = (
        truth_table([0.6, 0.3, 0.1], [0.9, 0.7, 0.6]),
        np.random.default_rng(3),
        800,
    )
    whole, hits = counts(table), 0
    truth = 2 * whole.hits / (whole.predicted + whole.actual)
    for _ in range(tries):
        found = class_intervals(*drawn(table, 150, random), 3)
        limits = np.array([[each["f1"].low, each["f1"].high] for each in found])
        hits += (limits[:, 0] <= truth) & (truth <= limits[:, 1])
    print(hits / tries)
    assert (hits / tries >= held(tries)[0]).all() and (hits / tries <= held(tries)[1]).all()


def grouped(table, groups, size, random):
    """Items of one group share half of their luck: all of a group's draws repeat its first."""
    labels, predictions = drawn(table, groups * size, random)
    code = np.repeat(np.arange(groups), size)
    same = random.random(groups * size) < 0.5
    first = code * size
    return (
        np.where(same, labels[first], labels),
        np.where(same, predictions[first], predictions),
        code,
    )


@pytest.mark.slow
def test_groups_are_drawn_whole():
    table, random, tries = truth_table([0.5, 0.5], [0.8, 0.8]), np.random.default_rng(4), 250
    truth = float(registry.functions("counts")["macro-f1"](counts(table)))
    naive = clustered = 0
    for seed in range(tries):
        labels, predictions, groups = grouped(table, 60, 10, random)
        alone = count_intervals(labels, predictions, 2, Resampling(400, seed), "macro-f1")[
            "macro-f1"
        ]
        whole = count_intervals(labels, predictions, 2, Resampling(400, seed, groups), "macro-f1")[
            "macro-f1"
        ]
        naive += alone.low <= truth <= alone.high
        clustered += whole.low <= truth <= whole.high
    print(naive / tries, clustered / tries)
    assert naive / tries < 0.85
    assert held(tries)[0] <= clustered / tries <= held(tries)[1]


@pytest.mark.parametrize("metric", ["log-loss", "brier-score"])
def test_intervals_of_losses_cover(metric):
    random, tries, items, hits = np.random.default_rng(5), 400, 200, 0

    def model(size):
        own = random.beta(2, 1, size)
        label = (random.random(size) < 0.9 * own).astype(int)
        return label, np.column_stack([1 - own, own])

    truth = registry.functions("scores")[metric](*model(2_000_000)).mean()
    for _ in range(tries):
        labels, scores = model(items)
        found = estimate(metric, labels, scores.argmax(1), scores, Resampling(500))
        hits += found.low <= truth <= found.high
    print(metric, hits / tries)
    assert held(tries)[0] <= hits / tries <= held(tries)[1]


@pytest.mark.parametrize("metric", ["roc-auc", "average-precision"])
@pytest.mark.parametrize(
    ("items", "positives", "apart"), [(100, 5, 2), (300, 30, 3), (300, 60, 1.5)]
)
def test_intervals_of_rankings_cover(metric, items, positives, apart):
    random, tries, hits = np.random.default_rng(6), 250, 0
    labels = (np.arange(items) < positives).astype(int)

    def ranked(several):
        positive = np.repeat(labels, several)
        own = 1 / (1 + np.exp(-random.normal(size=len(positive)) - apart * positive))
        return positive, np.column_stack([1 - own, own])

    truth = point_value(registry.METRICS[metric], *ranked(200_000 // items))
    for _ in range(tries):
        labels, scores = ranked(1)
        found = estimate(metric, labels, labels, scores)
        hits += found.low <= truth <= found.high
    print(metric, hits / tries)
    assert holds(hits, tries)


@pytest.mark.parametrize("metric", ["roc-auc", "average-precision"])
def test_equal_rankings_are_told_apart_one_time_in_twenty_by_few_positives(metric):
    random, tries, alarms, inside = np.random.default_rng(16), 200, 0, 0
    labels = (np.arange(300) < 5).astype(int)
    for _ in range(tries):
        shared, own = random.normal(size=300), random.normal(size=(2, 300))
        raised = 1 / (1 + np.exp(-0.7 * shared - 0.7 * own - 2 * labels))
        scores = [np.column_stack([1 - each, each]) for each in raised]
        answers = Answers(labels, np.array([each.argmax(1) for each in scores]), 2, scores)
        pair = compare_all(metric, answers, *resampled_metric(metric, answers, 300))[0]
        alarms += pair.p < 0.05
        inside += pair.low <= 0 <= pair.high
    print(metric, alarms / tries, inside / tries)
    assert alarms <= binom.ppf(0.9995, tries, 0.055) and holds(inside, tries)


RARE = truth_table([0.95, 0.05], [0.97, 0.6])
ZIPF = truth_table(1 / np.arange(1, 21) / (1 / np.arange(1, 21)).sum(), np.linspace(0.9, 0.6, 20))
NEAR = truth_table([0.1] * 10, [0.99] * 10)


@pytest.mark.parametrize(
    ("table", "items"), first([(RARE, 100), (RARE, 300), (ZIPF, 200), (NEAR, 50)])
)
def test_intervals_of_counts_metrics_cover_rare_classes(table, items):
    random, tries, whole = np.random.default_rng(17), 200, counts(table)
    hits = dict.fromkeys(registry.functions("counts"), 0)
    for seed in range(tries):
        labels, predictions = drawn(table, items, random)
        found = count_intervals(labels, predictions, len(table), Resampling(300, seed))
        seen = Counts(*(part * (np.bincount(labels, minlength=len(table)) > 0) for part in whole))
        for metric, function in registry.functions("counts").items():
            part = seen if registry.METRICS[metric].over_classes else whole
            hits[metric] += found[metric].low <= function(part) <= found[metric].high
    print(items, {metric: count / tries for metric, count in hits.items()})
    assert all(holds(count, tries) for count in hits.values()), hits


@pytest.mark.parametrize("excess", [0.0, 0.06])
def test_the_interval_of_the_calibration_error_covers(excess):
    random, tries, items, hits = np.random.default_rng(7), 250, 1000, 0
    truth = abs(np.clip((big := random.beta(5, 1.5, 1_000_000)) - excess, 0, 1) - big).mean()
    for _ in range(tries):
        confidence = random.beta(5, 1.5, items)
        correct = random.random(items) < confidence - excess
        found = calibration(confidence, correct, Resampling(300)).error
        hits += found.low <= truth <= found.high
    print(excess, hits / tries)
    assert held(tries)[0] <= hits / tries


def test_wilson_covers_where_walds_interval_does_not():
    hits, truth, items = np.random.default_rng(8).binomial(50, 0.97, 2000), 0.97, 50
    every = {int(k): wilson(k, items) for k in np.unique(hits)}
    coverage = np.mean([every[int(k)].low <= truth <= every[int(k)].high for k in hits])
    assert LOW <= coverage <= HIGH


def twins(items, random, classes=2):
    """Two candidates that are equally good, and err on items of their own."""
    table = truth_table([1 / classes] * classes, [0.8] * classes)
    labels, first = drawn(table, items, random)
    wrong = random.random(items) > 0.8
    second = np.where(wrong, (labels + 1) % classes, labels)
    return labels, np.array([first, second])


@pytest.mark.parametrize("metric", ["accuracy", "macro-f1", "matthews-correlation"])
def test_equal_candidates_are_told_apart_one_time_in_twenty(metric):
    random, tries, alarms, inside = np.random.default_rng(9), 300, 0, 0
    for _ in range(tries):
        labels, said = twins(300, random)
        answers = Answers(labels, said, 2)
        pair = compare_all(metric, answers, *resampled_metric(metric, answers, 400))[0]
        alarms += pair.p < 0.05
        inside += pair.low <= 0 <= pair.high
    print(metric, alarms / tries, inside / tries)
    assert alarms <= binom.ppf(0.9995, tries, 0.055) and alarms >= binom.ppf(0.0005, tries, 0.03)
    assert held(tries)[0] <= inside / tries <= held(tries)[1]


def test_pairs_by_group_do_not_cry_wolf():
    random, tries, naive, whole = np.random.default_rng(10), 300, 0, 0
    groups = np.repeat(np.arange(30), 20)
    for _ in range(tries):
        right = (random.random((2, 30)) < 0.6).repeat(20, axis=1)
        labels = random.integers(0, 2, 600)
        said = np.where(random.random((2, 600)) < 0.5 + 0.4 * right, labels, 1 - labels)
        naive += mcnemar(said[0] == labels, said[1] == labels) < 0.05
        answers = Answers(labels, said, 2, groups=groups)
        found = resampled_metric("accuracy", answers, 400)
        whole += compare_all("accuracy", answers, *found)[0].p < 0.05
    print(naive / tries, whole / tries)
    assert naive / tries > 0.2
    assert whole <= binom.ppf(0.9995, tries, 0.06)


@pytest.mark.slow
def test_holm_keeps_the_chance_of_any_false_alarm_among_equals():
    random, tries, alarms = np.random.default_rng(11), 300, 0
    for _ in range(tries):
        labels = random.integers(0, 2, 200)
        said = np.where(random.random((5, 200)) < 0.8, labels, 1 - labels)
        answers = Answers(labels, said, 2)
        pairs = compare_all("macro-f1", answers, *resampled_metric("macro-f1", answers, 300))
        alarms += min(pair.p_holm for pair in pairs) < 0.05
    print(alarms / tries)
    assert alarms <= binom.ppf(0.9995, tries, 0.05)


@pytest.mark.slow
def test_rank_intervals_hold_all_true_ranks_together():
    random, tries, hits, sure = np.random.default_rng(14), 400, 0, 0
    skill = np.array([0.90, 0.90, 0.84, 0.75])
    best, worst = np.array([1, 1, 3, 4]), np.array([2, 2, 3, 4])
    for _ in range(tries):
        labels = random.integers(0, 2, 400)
        said = np.where(random.random((4, 400)) < skill[:, None], labels, 1 - labels)
        answers = Answers(labels, said, 2)
        found = resampled_metric("accuracy", answers, 1)
        low, high = rank_intervals(compare_all("accuracy", answers, *found), 4).T
        # Twins have either of two ranks; both must be left open to both.
        hits += bool((low <= best).all() and (worst <= high).all())
        sure += low[3] == 4
    print(hits / tries, sure / tries)
    assert hits >= binom.ppf(0.0005, tries, 0.95) and sure / tries > 0.5


@pytest.mark.slow
def test_slices_of_whole_groups_do_not_cry_wolf(monkeypatch):
    monkeypatch.setattr("helpers.metrics.slices.PERMUTATIONS", 99)
    random, tries, naive, whole = np.random.default_rng(15), 200, 0, 0
    groups, slices = np.arange(40).repeat(10), np.repeat(list("ab"), 200)
    for seed in range(tries):
        labels = random.integers(0, 2, 400)
        luck = random.choice([0.5, 0.95], 40)[groups]
        said = np.where(random.random(400) < luck, labels, 1 - labels)
        naive += by_slice("accuracy", labels, said, 2, slices, Resampling(20, seed)).p <= 0.05
        whole += (
            by_slice("accuracy", labels, said, 2, slices, Resampling(20, seed, groups)).p <= 0.05
        )
    print(naive / tries, whole / tries)
    assert naive / tries > 0.12
    assert binom.ppf(0.0005, tries, 0.05) <= whole <= binom.ppf(0.9995, tries, 0.05)


def test_slices_without_a_difference_show_a_gap_that_chance_explains(monkeypatch):
    monkeypatch.setattr("helpers.metrics.slices.PERMUTATIONS", 100)
    random, tries, alarms, gaps = np.random.default_rng(12), 200, 0, []
    for seed in range(tries):
        labels, said = twins(200, random)
        slices = np.repeat(list("abcde"), 40)
        found = by_slice("accuracy", labels, said[0], 2, slices, Resampling(20, seed))
        alarms += found.p <= 0.05
        gaps.append(found.gap)
    print(alarms / tries, np.mean(gaps))
    assert np.mean(gaps) > 0.1
    assert binom.ppf(0.0005, tries, 0.04) <= alarms <= binom.ppf(0.9995, tries, 0.05)
