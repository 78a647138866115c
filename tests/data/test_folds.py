"""Folds: what must hold for any data, when they are made, and one clear line where they cannot."""

import pandas as pd
import pytest
from factories.cases import sentence
from factories.dataset import made_dataset
from factories.records import data_record
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.data import dataset, folds, preparation, splits
from helpers.data.splits import SplitRules


def frame_of(count=200, classes=2, **more):
    labels = [f"c{index % classes}" for index in range(count)]
    ids = [f"{index:04d}" for index in range(count)]
    return pd.DataFrame({"id": ids, "label": labels, **more})


def made(frame, rules=SplitRules(), **copies):  # noqa: B008
    return folds.make(frame, splits.ties(frame, rules, **copies), rules)


@st.composite
def tied_frames(draw):
    count = draw(st.integers(40, 160))
    frame = frame_of(count, draw(st.integers(2, 4)))
    some = st.lists(st.integers(0, count // 3), min_size=count, max_size=count)
    return frame.assign(group=[f"g{each}" for each in draw(some)], copies=draw(some))


@settings(deadline=None, max_examples=25)
@given(tied_frames(), st.integers(2, 12), st.integers(1, 3), st.integers(0, 5))
def test_groups_and_copies_stay_in_one_fold_and_every_item_is_tested(frame, count, times, seed):
    try:
        table, _ = made(
            frame,
            SplitRules(folds=count, repeats=times, seed=seed),
            near=frame["copies"].to_numpy(),
        )
    except UserError as error:
        assert "fewer than two classes" in str(error)
        return
    assert list(table.columns) == ["id", "repeat", "fold"]
    for _, part in table.groupby("repeat"):
        assert part["id"].tolist() == frame["id"].tolist()
        for unit in ("group", "copies"):
            of_unit = part["fold"].groupby(frame[unit].to_numpy()).nunique()
            assert (of_unit == 1).all()
        assert set(part["fold"]) == set(range(part["fold"].max() + 1))


@settings(deadline=None, max_examples=15)
@given(st.integers(60, 390), st.integers(2, 7), st.integers(0, 4))
def test_each_class_has_its_share_of_every_fold_to_within_one_item(count, classes, seed):
    frame = frame_of(count, classes)
    table, _ = made(frame, SplitRules(seed=seed, repeats=2))
    counts = table.groupby(["repeat", "fold", frame["label"].tolist() * 2]).size().unstack()
    shares = frame["label"].value_counts() / 10
    assert (abs(counts.fillna(0) - shares) < 1).all(axis=None)
    assert not table["fold"][:count].equals(table["fold"][count:].reset_index(drop=True))


def test_the_order_of_the_rows_does_not_matter_and_the_seed_does():
    frame = frame_of(120, group=[f"g{index // 3}" for index in range(120)])
    table, _ = made(frame)
    mixed, _ = made(frame.sample(frac=1, random_state=1))
    keys = ["repeat", "id"]
    assert table.sort_values(keys, ignore_index=True).equals(
        mixed.sort_values(keys, ignore_index=True)
    )
    assert made(frame)[0].equals(table) and not made(frame, SplitRules(seed=1))[0].equals(table)


@pytest.mark.parametrize(
    ("count", "more", "rules", "folded", "said"),
    [
        (399, {}, {}, True, "10 repeats of 10 folds"),
        (400, {}, {}, False, ""),
        (500, {}, {"folds": 4, "repeats": 3}, True, "3 repeats of 4 folds"),
        (100, {}, {"folds": 1}, False, ""),
        (100, {}, {"single": "one fit"}, False, "100 items, split once: one fit."),
        (100, {"split": ["train", "test"] * 50}, {}, False, "a split of its own"),
        (100, {"split": ["train", "test"] * 50}, {"given": False}, True, "10 folds"),
        (100, {"split": ["train"] * 100}, {}, True, "10 folds"),
        (90, {"group": list("abcd") * 22 + ["a", "b"]}, {}, False, "fewer than two classes have 5"),
        (96, {"group": list("abcdefgh") * 12}, {"group": "id"}, True, "10 folds"),
        (96, {"group": [f"g{n // 12}" for n in range(96)]}, {}, True, "Each of only 8"),
    ],
)
def test_few_items_are_folded_unless_something_forbids_it(count, more, rules, folded, said):
    table, note = made(frame_of(count, **more), SplitRules(**rules))
    assert bool(len(table)) == folded and said in note and bool(note) == bool(said)


@pytest.mark.parametrize(
    ("more", "rules", "said"),
    [
        ({"split": ["train", "test"] * 50}, {}, "given: false"),
        ({"split": ["train", "test"] * 50}, {"given": True}, "given: false"),
        ({}, {"required": ("test",)}, "nothing is trained"),
        ({}, {"single": "predictions made elsewhere"}, "predictions made elsewhere"),
        ({"group": list("ab") * 50}, {}, "fewer than two classes have 3"),
    ],
)
def test_folds_that_cannot_be_made_are_refused_in_a_line(more, rules, said):
    with pytest.raises(UserError, match=said) as error:
        made(frame_of(100, **more), SplitRules(folds=5, **rules))
    assert str(error.value).startswith("data.split.folds: ") and "\n" not in str(error.value)


def folded(data, **rules):
    """Write the folds of a data set in memory, and give them."""
    table, _ = made(data.frame.drop(columns="split"), SplitRules(**rules))
    files.write_parquet(paths.build(data.study) / "folds.parquet", table)
    data_record(data.study, split=rules).write(data.study)
    return table


def test_a_part_is_a_split_whose_test_is_the_fold_and_whose_units_are_whole(repository):
    data = made_dataset(120)
    data.frame["group"] = [f"g{index // 4}" for index in range(120)]
    every, seen = folded(data, repeats=2, validation=0.2), []
    for repeat, fold, part in folds.parts(data):
        table = every[(every["repeat"] == repeat) & (every["fold"] == fold)]
        sides = part.frame.groupby("split")["id"].apply(set)
        assert sides["test"] == set(table["id"])
        share = len(sides["validation"]) / (120 - len(table))
        assert 0.14 < share < 0.26 and part.items is data.items
        assert part.frame.groupby("group")["split"].nunique().max() == 1
        seen.append((repeat, fold))
    assert seen == [(repeat, fold) for repeat in range(2) for fold in range(10)]


def test_what_takes_long_gets_five_folds_of_the_first_repeat_made_of_whole_ones(repository):
    data = made_dataset(120)
    every = folded(data)
    few = list(folds.parts(data, slow=True))
    assert [(repeat, fold) for repeat, fold, _ in few] == [(0, fold) for fold in range(5)]
    first = every[every["repeat"] == 0].set_index("id")["fold"]
    for _, fold, part in few:
        tested = part.frame.loc[part.frame["split"] == "test", "id"]
        assert set(first[tested]) == {fold, fold + 5}
    assert not list(folds.parts(made_dataset(120, study="another")))


def test_folds_are_written_read_again_and_checked(repository):
    words = [sentence(number) for number in range(90)]
    labels = ["a", "b"] * 45
    pd.DataFrame({"text": words, "label": labels}).to_csv(repository / "t.csv", index=False)
    source = {"table": {"file": "t.csv"}}
    prepared = preparation.prepare(source, {"validation": 0.2}, "text-classification")
    preparation.save("few", prepared, source, {"validation": 0.2})
    table = pd.read_parquet(paths.build("few") / "folds.parquet")
    assert table.equals(prepared.folds) and len(table) == 900
    assert len(list(folds.parts(dataset.open("few")))) == 100
    found = {each.code: each.count for each in prepared.findings if each.count}
    assert not found.keys() & {"D401", "D402", "D403", "D404", "D405", "D410"}
    preparation.save("once", preparation.prepare(source, {"folds": 1}, prepared.items.task), source)
    assert not list(folds.parts(dataset.open("once")))


def test_checks_of_the_test_look_at_all_items_where_all_are_tested(repository):
    rows = [(sentence(number), "ab"[number % 2]) for number in range(60)]
    rows += [(sentence(100 + number), "rare") for number in range(4)]
    pd.DataFrame(rows, columns=["text", "label"]).to_csv(repository / "t.csv", index=False)
    source, task = {"table": {"file": "t.csv"}}, "text-classification"
    for rules, missing, few in (({}, 0, "rare (4)"), ({"folds": 1}, 1, "rare (1)")):
        found = {e.code: e for e in preparation.prepare(source, rules, task).findings}
        assert ("D404" in found and found["D404"].count > 0) <= bool(missing)
        assert few in found["D405"].detail and found["D405"].count == 1
        assert list(found) == sorted(found) or not rules
