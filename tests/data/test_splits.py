"""Splits: what must hold for any data, and one clear line for what cannot be done."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpers.config import study_file
from helpers.core.errors import UserError
from helpers.data import splits
from helpers.data.splits import SplitRules

FRACTIONS = st.tuples(st.floats(0.05, 0.45), st.floats(0.05, 0.45))


@st.composite
def frames(draw, families=False):
    classes = draw(st.integers(2, 5))
    sizes = draw(st.lists(st.integers(3, 40), min_size=classes, max_size=classes))
    labels = np.repeat([f"c{index}" for index in range(classes)], sizes)
    frame = pd.DataFrame({"id": [f"{index:04d}" for index in range(len(labels))], "label": labels})
    if families:
        number = st.integers(0, max(len(labels) // 2, 6))
        some = st.lists(number, min_size=len(labels), max_size=len(labels))
        frame["group"] = [f"g{each}" for each in draw(some)]
        frame["copies"] = draw(some)
    return frame


@settings(deadline=None, max_examples=60)
@given(frames(), FRACTIONS, st.integers(0, 5))
def test_each_class_has_its_share_to_within_one_item(frame, fractions, seed):
    test, validation = fractions
    assume(min(test, validation, 1 - test - validation) * len(frame) >= 3)  # no split is empty
    made = splits.make(frame, SplitRules(test, validation, seed=seed))
    assert made.isin(splits.SPLITS).all() and made.index.equals(frame.index)
    shares = {"train": 1 - test - validation, "validation": validation, "test": test}
    for _, rows in made.groupby(frame["label"]):
        for split, share in shares.items():
            assert abs((rows == split).sum() - share * len(rows)) <= 1
    for split, share in shares.items():  # what rounding owes is carried from class to class
        assert abs((made == split).sum() - share * len(made)) <= 2


@settings(deadline=None, max_examples=60)
@given(frames(families=True), st.integers(0, 5))
def test_groups_and_copies_stay_in_one_split(frame, seed):
    try:
        made = splits.make(frame, SplitRules(seed=seed), frame["copies"].to_numpy())
    except UserError as error:
        assert "too few" in str(error)
        return
    assert (made.groupby(frame["group"]).nunique() == 1).all()
    assert (made.groupby(frame["copies"]).nunique() == 1).all()
    assert set(made) == set(splits.SPLITS)


@settings(deadline=None, max_examples=40)
@given(frames(families=True), st.integers(0, 5), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(frame, seed, random):
    options = {"seed": seed, "group": "copies"}
    rows = list(range(len(frame)))
    random.shuffle(rows)
    shuffled = frame.iloc[rows]
    try:
        made = splits.make(frame, SplitRules(**options))
    except UserError:
        return
    assert splits.make(frame, SplitRules(**options)).equals(made)
    assert splits.make(shuffled, SplitRules(**options)).equals(made.iloc[rows])


def frame_of(count=200, classes=2):
    labels = [f"c{index % classes}" for index in range(count)]
    return pd.DataFrame({"id": [f"{index:04d}" for index in range(count)], "label": labels})


def test_another_seed_is_another_split():
    frame = frame_of()
    assert not splits.make(frame, SplitRules(seed=1)).equals(splits.make(frame, SplitRules(seed=2)))


def test_without_stratification_only_the_sizes_hold():
    made = splits.make(frame_of(), SplitRules(stratify=False))
    assert made.value_counts().to_dict() == {"train": 120, "test": 50, "validation": 30}


def test_groups_of_many_items_come_near_the_fractions():
    frame = frame_of(1000)
    frame["module"] = [f"m{index // 23}" for index in range(1000)]
    made = splits.make(frame, SplitRules(group="module"))
    assert abs((made == "test").mean() - 0.25) < 0.03
    assert (made.groupby(frame["module"]).nunique() == 1).all()


def test_items_without_a_group_are_not_tied_together():
    frame = frame_of(40)
    frame["group"] = None
    assert splits.make(frame, SplitRules()).value_counts()["test"] == 10


def test_a_given_split_is_respected_and_validation_carved_from_train():
    frame = frame_of(100)
    frame["split"] = ["train"] * 80 + ["test"] * 20
    frame["group"] = [f"g{index // 2}" for index in range(100)]
    made = splits.make(frame, SplitRules(validation=0.25, given=True))
    assert (made[80:] == "test").all()
    assert made[:80].value_counts().to_dict() == {"train": 60, "validation": 20}
    assert (made.groupby(frame["group"]).nunique() == 1).all()
    frame.loc[:9, "split"] = "validation"
    assert splits.make(frame, SplitRules(given=True)).tolist() == frame["split"].tolist()


IMPOSSIBLE = {
    "nothing to train on": ({"test": 0.6, "validation": 0.4}, "nothing is left for train"),
    "no test": ({"test": 0.0}, "nothing is left for test"),
    "unknown group": ({"group": "modul"}, "unknown group column 'modul'; did you mean 'module'"),
    "too few groups": ({"group": "module"}, "2 separate units for 3 splits: too few"),
    "nothing given": ({"given": True}, "the source has no split of its own"),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_an_impossible_split_gets_one_clear_line(case):
    options, expected = IMPOSSIBLE[case]
    frame = frame_of(20).assign(module=["x", "y"] * 10)
    with pytest.raises(UserError, match=expected):
        splits.make(frame, SplitRules(**options))


@pytest.mark.parametrize("asked", [{"test": 0.3}, {"group": "patient"}])
def test_who_asks_for_a_share_or_for_groups_draws_the_split(asked):
    assert study_file.Split(**asked).given is False
    assert (
        study_file.Split(**asked, given=True).given
        and study_file.Split(validation=0.2).given is None
    )


def test_what_is_only_heard_may_come_as_a_test_set_alone():
    frame = frame_of(20).assign(split="test")
    assert splits.make(frame, SplitRules(given=True, required=("test",))).tolist() == ["test"] * 20
    with pytest.raises(UserError, match="the source's split has no train items"):
        splits.make(frame, SplitRules(given=True))


def test_a_given_split_without_a_test_set_gets_one_clear_line():
    with pytest.raises(UserError, match="no test items"):
        splits.make(frame_of(20).assign(split="train"), SplitRules(given=True))
