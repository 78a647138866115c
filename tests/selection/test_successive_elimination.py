"""A race drops who is surely behind, and seldom the best: its promise is counted here."""

import numpy as np
import pytest
from factories.parameters import first
from scipy.stats import beta, betabinom, binom, binomtest, norm

from helpers.selection import finite_posterior, successive_elimination


def run(right, **more):
    """Race a matrix of right answers [M, N]; its rows are the contenders."""
    return run_answers(~np.asarray(right), np.zeros(right.shape[1], int), **more)


def run_answers(answers, labels, **more):
    """Race a matrix of predicted classes [M, N]."""
    names = [f"m{number:02d}" for number in range(len(answers))]
    return successive_elimination.run(
        names, lambda name, count: answers[int(name[1:]), :count].astype(int), labels, **more
    )


def behind(ours, theirs, items, limit=0.05):
    """Test right answers [n], of so many items."""
    labels = np.zeros(items, int)
    return finite_posterior.behind(1 - ours, 1 - theirs, labels, "accuracy", limit)


def answered(prior, recalls, items, random, common=0.5):
    """Draw labels, and answers whose recall of each class is given; they share what is hard."""
    labels, classes = random.choice(len(prior), items, p=prior), len(prior)
    hard = np.sqrt(common) * random.normal(size=items)
    own = np.sqrt(1 - common) * random.normal(size=(len(recalls), items))
    right = hard + own < norm.ppf(np.array(recalls))[:, labels]
    wrong = np.where(labels == 0, random.integers(1, classes, items), 0)
    return labels, np.where(right, labels, wrong)


def drawn(shares, items, random, common=0.6):
    """Draw right answers in which contenders share most of what is hard."""
    same = random.random(items)
    own = random.random((len(shares), items))
    mixed = np.where(random.random((len(shares), items)) < common, same, own)
    return mixed < np.asarray(shares)[:, None]


FIELDS = {
    "clearly apart": np.linspace(0.6, 0.9, 8),
    "nearly equal": [0.80] * 7 + [0.81],
    "all equal": [0.75] * 6,
    "one far behind": [0.5, 0.9, 0.9, 0.89],
}


@pytest.mark.parametrize("name", first(FIELDS))
def test_the_best_is_dropped_no_more_often_than_promised(name):
    random, lost, runs, alpha = np.random.default_rng(5), 0, 80, 0.2
    for _ in range(runs):
        right = drawn(FIELDS[name], 160, random)
        result = run(right, alpha=alpha)
        best = right.mean(axis=1).max()
        left = [int(each[1:]) for each in result.left]
        lost += right[left].mean(axis=1).max() < best
    assert binomtest(lost, runs, alpha, alternative="greater").pvalue > 0.01


def test_a_race_among_unequals_saves_most_of_the_answers():
    random = np.random.default_rng(0)
    saved = [run(drawn(np.linspace(0.55, 0.9, 12), 2000, random)).saved for _ in range(5)]
    assert np.mean(saved) > 0.5


RARE = {  # accuracy and macro-F1 favour different contenders
    "5 % rare": ((0.95, 0.05), [(0.995, 0.15), (0.95, 0.80), (0.985, 0.25), (0.98, 0.3)]),
    "10 % rare": ((0.9, 0.1), [(0.98, 0.30), (0.92, 0.80), (0.97, 0.4), (0.965, 0.35)]),
    "three classes": (
        (0.7, 0.2, 0.1),
        [(0.96, 0.6, 0.2), (0.86, 0.74, 0.74), (0.95, 0.58, 0.25), (0.94, 0.6, 0.3)],
    ),
    "level": ((0.9, 0.1), [(0.95, 0.5)] * 4),
}


@pytest.mark.parametrize("name", first(RARE))
@pytest.mark.parametrize("items", [300, 1500])
def test_the_best_by_macro_f1_is_dropped_no_more_often_than_promised(name, items):
    random, lost, runs, saved = np.random.default_rng(items), 0, 25, 0.0
    for _ in range(runs):
        labels, answers = answered(*RARE[name], items, random)
        result = run_answers(answers, labels, primary="macro-f1")
        values = np.array([finite_posterior.value("macro-f1", labels, each) for each in answers])
        left = [int(each[1:]) for each in result.left]
        lost += values[left].max() < values.max()
        saved += result.saved / runs
    assert binomtest(lost, runs, 0.05, alternative="greater").pvalue > 0.01
    if name != "level" and items == 1500:
        assert saved > 0.2


def test_a_rare_class_not_seen_yet_forbids_a_verdict():
    labels = np.r_[np.zeros(90, int), np.ones(10, int)]
    ours, theirs = labels.copy(), np.zeros(100, int)  # ours alone finds the rare class
    ours[:90:9] = 1
    for seen in (45, 90):
        p = finite_posterior.behind(ours[:seen], theirs[:seen], labels, "macro-f1", 0.01)
        assert p > 0.1
    by_accuracy = finite_posterior.behind(ours[:45], theirs[:45], labels, "accuracy", 0.01)
    assert by_accuracy < 0.01


def test_a_metric_of_scores_races_by_accuracy_and_says_so():
    labels, answers = answered(*RARE["10 % rare"], 400, np.random.default_rng(0))
    assert run_answers(answers, labels, primary="roc-auc").metric == "accuracy"
    assert run_answers(answers, labels, primary="macro-f1").metric == "macro-f1"


@pytest.mark.parametrize("metric", ["accuracy", "macro-f1", "matthews-correlation"])
def test_one_paired_test_keeps_its_level_without_replacement(metric):
    random, population = np.random.default_rng(1), 200
    labels = np.repeat([0, 0, 0, 1], population // 4)
    ours, theirs = labels.copy(), labels.copy()  # alike in value, wrong on other items
    for code in (0, 1):
        mine = np.flatnonzero(labels == code)[: 2 * (6 if code else 18)]
        ours[mine[::2]], theirs[mine[1::2]] = 1 - code, 1 - code
    rejected, runs = 0, 400
    for _ in range(runs):
        order = random.permutation(population)
        a, b = (answers[order][:100] for answers in (ours, theirs))
        rejected += finite_posterior.behind(a, b, labels[order], metric, 0.05) <= 0.05
    assert binomtest(rejected, runs, 0.05, alternative="greater").pvalue > 0.01


def test_without_an_end_of_the_items_it_is_the_binomial_test(monkeypatch):
    monkeypatch.setattr(finite_posterior, "FIRST", 40_000)
    ours, theirs = np.zeros(10, int), np.zeros(10, int)
    theirs[:9], ours[9] = 1, 1  # nine to one, as Clopper and Pearson bound it
    expected = binom.sf(8, 10, 0.5)
    assert expected == pytest.approx(beta.cdf(0.5, 9, 2))
    assert behind(ours, theirs, 100_000, 0.001) == pytest.approx(expected, abs=0.002)
    few = behind(ours, theirs, 22, 0.001)  # 12 unseen, of which ours would need ten
    assert few < expected and few == pytest.approx(betabinom.sf(9, 12, 2, 9), abs=0.002)


def test_unseen_items_are_what_leaves_room_for_chance():
    ours, theirs = np.zeros(20, int), np.zeros(20, int)
    theirs[:6] = 1
    values = [behind(ours, theirs, items, 0.001) for items in (20, 25, 40, 4000)]
    assert values == sorted(values) and values[0] < 0.001 < values[-1]


def test_ties_run_to_the_end_and_all_stay():
    right = np.tile(np.random.default_rng(0).random(64) < 0.7, (4, 1))
    result = run(right)
    assert result.left == ["m00", "m01", "m02", "m03"] and result.saved == 0
    assert not result.rounds["dropped"].any()


def test_no_fewer_are_left_than_wanted():
    right = drawn([0.9, 0.5, 0.4, 0.3], 800, np.random.default_rng(0), common=0)
    assert len(run(right, keep=3).left) == 3
    whole = run(right, keep=4)
    assert whole.saved == 0 and whole.rounds["round"].max() == 1  # all go on: no need to race
    assert run(right).left == ["m00"]


def test_all_answer_the_same_items_and_the_dropped_no_more():
    asked = []
    right = drawn([0.95, 0.9, 0.2], 400, np.random.default_rng(2))

    def answers(name, count):
        asked.append((name, count))
        return (~right[int(name[1:]), :count]).astype(int)

    labels = np.zeros(400, int)
    result = successive_elimination.run(["m00", "m01", "m02"], answers, labels)
    assert [count for name, count in asked if name == "m02"] == [50]
    assert result.seen["m02"] == 1 / 8 and result.dropped[0] == "m02"


@pytest.mark.parametrize("items", [1, 2, 5])
def test_few_items_do_not_crash(items):
    right = np.array([[True] * items, [False] * items])
    assert run(right).left[0] == "m00" and run(right[:1]).left == ["m00"]
