"""Splits of tied items: a sample of all sizes and classes, as balanced as can be."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedGroupKFold

from helpers.data import assignment, splits
from helpers.data.splits import SplitRules

SHARES = np.array([0.6, 0.15, 0.25])


def frame_of(groups):
    """Lay out groups, each given as its items' classes."""
    rows = [(f"g{number}", label) for number, labels in enumerate(groups) for label in labels]
    frame = pd.DataFrame(rows, columns=["group", "label"])
    return frame.assign(id=[f"{index:05d}" for index in range(len(frame))])


def shares(groups, seeds, by):
    """Average each split's share of the items of every value of ``by`` over seeds."""
    frame = frame_of(groups)
    key = by(frame)
    tables = [
        pd.crosstab(key, splits.make(frame, SplitRules(seed=seed)), normalize="index")
        for seed in range(seeds)
    ]
    table = pd.concat([each.reindex(columns=list(splits.SPLITS), fill_value=0) for each in tables])
    return table.groupby(level=0).mean()


def size(frame):
    return frame.groupby("group")["id"].transform("size")


def test_twenty_pairs_among_sixty_singles_are_shared_out():
    """Each split has its share of pairs: they are tested as often as single items are."""
    groups = [["ab"[index % 2]] * 2 for index in range(20)]
    groups += [["ab"[index % 2]] for index in range(60)]
    frame = frame_of(groups)
    made = [splits.make(frame, SplitRules(seed=seed)) for seed in range(5)]
    for each in made:
        counts = pd.crosstab(size(frame), each)
        assert counts["test"].to_dict() == {1: 15, 2: 10}
        assert counts["validation"].to_dict() == {1: 9, 2: 6}
    assert len({tuple(each) for each in made}) == 5


@st.composite
def structures(draw):
    """Draw many groups of a few sizes, small beside the whole, of one class or of several."""
    classes, sizes = draw(st.integers(1, 3)), draw(st.sets(st.integers(2, 5), max_size=3))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    mixed, groups = draw(st.booleans()), [[c] for c in "abc"[:classes] for _ in range(20)]
    for each in sizes:
        for number in range(draw(st.integers(16, 30))):
            labels = random.integers(0, classes, each) if mixed else [number % classes] * each
            groups.append(["abc"[label] for label in labels])
    return groups


@settings(deadline=None, max_examples=6)
@given(structures())
def test_every_size_and_class_has_its_share_of_every_split(groups):
    for by in (size, lambda frame: frame["label"]):
        table = shares(groups, 20, by)
        # single items make good what the larger ones leave: a class is exact, they may miss an item
        tolerance = 0.03 + 2 / by(frame_of(groups)).value_counts().reindex(table.index)
        apart = abs(table[list(splits.SPLITS)] - SHARES)
        assert apart.lt(tolerance, axis=0).all(axis=None), table


def test_large_groups_are_tested_as_often_as_small_ones():
    groups = [["ab"[index % 2]] * (8 if index < 10 else 2) for index in range(80)]
    table = shares(groups, 40, size)
    assert (abs(table[list(splits.SPLITS)] - SHARES) < 0.06).all(axis=None), table


def imbalance(frame, chosen, share):
    """Mean distance of the classes' shares of the chosen items, and of all items', from it."""
    taken = frame["label"][chosen].value_counts()
    classes = frame["label"].value_counts()
    apart = (taken.reindex(classes.index, fill_value=0) / classes - share).abs().mean()
    return (apart + abs(chosen.mean() - share)) / 2


MIXED = np.random.default_rng(0)
STRUCTURES = {
    "three classes": [list(MIXED.choice(list("abc"), n)) for n in MIXED.integers(1, 12, 60)],
    "ten classes": [list(MIXED.choice(list("abcdefghij"), n)) for n in MIXED.integers(1, 40, 40)],
    "one class each": [[name] * n for name in "abcdef" for n in (1, 2, 3, 5, 8)],
    "patients": [
        list(MIXED.choice(list("abcd"), 30, p=MIXED.dirichlet([0.3] * 4))) for _ in range(30)
    ],
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_classes_are_balanced_comparably_to_stratified_group_folds(name):
    """Within a hundredth of twice the distance of scikit-learn's, which looks at balance alone."""
    frame, ours, folds = frame_of(STRUCTURES[name]), [], []
    for seed in range(10):
        made = splits.make(frame, SplitRules(seed=seed))
        ours.append(imbalance(frame, made == "test", 0.25))
        folded = StratifiedGroupKFold(4, shuffle=True, random_state=seed)
        for _, test in folded.split(frame, frame["label"], frame["group"]):
            folds.append(imbalance(frame, np.isin(np.arange(len(frame)), test), 0.25))
    assert np.mean(ours) < 0.01 + 2 * np.mean(folds)


@settings(deadline=None, max_examples=10)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=5, max_size=7))
def test_few_units_are_placed_nearly_as_well_as_in_the_best_of_all_ways(pairs):
    counts = np.array(pairs, float) + [1, 0]
    counts[0, 1] += 1
    wanted = counts.sum(axis=0) * SHARES[:, None]

    def misfit(placed):
        held = np.stack([counts[np.array(placed) == split].sum(axis=0) for split in range(3)])
        return ((held - wanted) ** 2 / np.maximum(wanted, 1)).sum()

    ways = [way for way in product(range(3), repeat=len(counts)) if len(set(way)) == 3]
    every = np.array([misfit(way) for way in ways])
    ours = [misfit(assignment.assign(counts, SHARES, seed)) for seed in range(6)]
    assert np.mean([np.mean(every < each) for each in ours]) < 0.25


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(1, 30), min_size=3, max_size=12),
    st.tuples(st.floats(0.01, 0.48), st.floats(0.01, 0.48)),
    st.integers(0, 3),
)
def test_no_split_is_empty(sizes, fractions, seed):
    counts = np.array(sizes, float)[:, None]
    part = np.array([1 - sum(fractions), *fractions])
    assert set(assignment.assign(counts, part, seed)) == {0, 1, 2}


def test_validation_taken_from_a_given_train_is_a_sample_of_its_groups():
    groups = [["a"] * (6 if index < 20 else 1) for index in range(140)]
    frame = frame_of(groups).assign(split="train")
    frame.loc[len(frame)] = {"group": "t", "label": "a", "id": "t", "split": "test"}
    for seed in range(4):
        made = splits.make(frame, SplitRules(validation=0.2, given=True, seed=seed))
        train = frame["split"] == "train"
        shares = (made[train] == "validation").groupby(size(frame)[train]).mean()
        assert shares.between(0.1, 0.3).all()
