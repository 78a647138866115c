"""A race drops who is surely behind, and seldom the best: its promise is counted here."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest, hypergeom

from helpers.selection import successive_elimination


def run(right, **more):
    """Race a matrix of right answers [M, N]; its rows are the contenders."""
    names = [f"m{number:02d}" for number in range(len(right))]
    return successive_elimination.run(
        names, lambda name, count: right[int(name[1:]), :count], right.shape[1], **more
    )


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


@pytest.mark.parametrize("name", FIELDS)
def test_the_best_is_dropped_no_more_often_than_promised(name):
    random, lost, runs, alpha = np.random.default_rng(5), 0, 250, 0.2
    for _ in range(runs):
        right = drawn(FIELDS[name], 160, random)
        result = run(right, alpha=alpha)
        best = right.mean(axis=1).max()
        left = [int(each[1:]) for each in result.left]
        lost += right[left].mean(axis=1).max() < best
    assert binomtest(lost, runs, alpha, alternative="greater").pvalue > 0.01


def test_a_race_among_unequals_saves_most_of_the_answers():
    random = np.random.default_rng(0)
    saved = [run(drawn(np.linspace(0.55, 0.9, 12), 2000, random)).saved for _ in range(20)]
    assert np.mean(saved) > 0.5


def test_one_paired_test_keeps_its_level_without_replacement():
    random, population = np.random.default_rng(1), 400
    ours = np.zeros(population, bool)
    theirs = np.zeros(population, bool)
    ours[:60], theirs[60:120] = True, True  # equally often right, never together
    rejected, exact, runs = 0, 0, 1500
    for _ in range(runs):
        seen = random.permutation(population)[:200]
        rejected += successive_elimination.behind(ours[seen], theirs[seen], population) <= 0.05
        wins = int((theirs & ~ours)[seen].sum())
        split = wins + int((ours & ~theirs)[seen].sum())
        exact += binom.sf(wins - 1, split, 0.5) <= 0.05
    assert binomtest(rejected, runs, 0.05, alternative="greater").pvalue > 0.01
    assert rejected >= exact  # what is left unseen bounds it: never weaker than the binomial


@pytest.mark.parametrize(("wins", "total", "split"), [(3, 20, 5), (40, 200, 60), (9, 10, 9)])
def test_the_tail_is_that_of_the_hypergeometric(wins, total, split):
    expected = hypergeom.sf(wins - 1, total, total // 2, split)
    assert successive_elimination._tail(wins, total, split) == pytest.approx(
        expected, rel=1e-9, abs=1e-300
    )


def test_more_unseen_disagreements_only_widen_the_tail():
    tails = [successive_elimination._tail(14, total, 20) for total in range(20, 400, 2)]
    assert tails == sorted(tails)


def test_unseen_items_are_what_leaves_room_for_chance():
    ours, theirs = np.zeros(20, bool), np.zeros(20, bool)
    theirs[:3] = True
    values = [
        successive_elimination.behind(ours, theirs, items) for items in (20, 21, 23, 40, 4000)
    ]
    assert values[0] == 0 and values == sorted(values)
    assert values[-1] == pytest.approx(1 / 8, abs=1e-3)


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
        return right[int(name[1:]), :count]

    result = successive_elimination.run(["m00", "m01", "m02"], answers, 400)
    assert [count for name, count in asked if name == "m02"] == [50]
    assert result.seen["m02"] == 1 / 8 and result.dropped[0] == "m02"


@pytest.mark.parametrize("items", [1, 2, 5])
def test_few_items_do_not_crash(items):
    right = np.array([[True] * items, [False] * items])
    assert run(right).left[0] == "m00" and run(right[:1]).left == ["m00"]
