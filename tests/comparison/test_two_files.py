"""Two files of predictions compared without a study: the same answer, and refusals in one line."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.comparison import leaderboard
from helpers.comparison.two_files import compare_files, names_of, verdict
from helpers.core import paths
from helpers.core.errors import UserError
from helpers.core.records.data import DataRecord
from helpers.core.records.training import Training
from helpers.data import dataset, preparation
from helpers.training import fit
from helpers.training.results import AdaptationRequest

CLASSES = np.array(["cat", "dog", "owl"])
WORDS = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "ivory", "knoll"]


def labelled(file, items=300, seed=0, texts=False, **more):
    """Write a table of labels: ten items of a patient each, and maybe a text of their own."""
    random = np.random.default_rng(seed)
    table = pd.DataFrame({"id": [f"x{number:03d}" for number in range(items)]})
    table["label"], table["patient"] = random.choice(CLASSES, items), table.index // 10
    if texts:
        table["text"] = [" ".join(random.choice(WORDS, 20)) for _ in range(items)]
    table.assign(**more).to_csv(file, index=False)
    return table.assign(**more)


def predicted(file, table, right, seed=1, **more):
    """Write predictions that are right on about this share of the items."""
    random = np.random.default_rng(seed)
    kept = random.random(len(table)) < right
    said = np.where(kept, table["label"], random.choice(CLASSES, len(table)))
    table[["id"]].assign(prediction=said, **more).to_csv(file, index=False)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Give a folder outside any repository, with labels and two candidates, and work there."""
    monkeypatch.delenv("EVALBOOK_ROOT", raising=False)
    (tmp_path / "some files").mkdir()
    monkeypatch.chdir(tmp_path / "some files")
    table = labelled("labels.csv")
    predicted("good one.csv", table, 0.9)
    predicted("bad.csv", table, 0.6, seed=2)
    return table


def judged(*files, **options):
    """Say whether the second file is surely worse than the first."""
    return verdict(compare_files("labels.csv", *files, **options), names_of(*files)[0])[0]


def test_it_is_what_a_study_of_the_same_files_says(repository):
    """The order, the intervals and the sentences are those of a study with the same table."""
    split = np.where(np.arange(600) % 2, "test", "train")
    split[:50] = "validation"
    table = labelled("t.csv", 600, texts=True, split=split, group=np.arange(600) // 5)
    source = {"table": {"file": "t.csv"}}
    prepared = preparation.prepare(source, None, "text-classification")
    preparation.save("made", prepared, source)
    for name, right in (("a", 0.9), ("b", 0.8)):
        predicted(f"{name}.csv", table, right, seed=int(100 * right))
        model = f"predictions:{name}.csv"
        wanted = AdaptationRequest(dataset.open("made"), model, {}, "macro-f1", 42)
        trained = fit.fit(wanted, name, "predictions")
        fit.save(trained, fit.predict(trained))
    study = leaderboard.compare("made", ["a", "b"])
    files = compare_files("t.csv", "a.csv", "b.csv")
    pd.testing.assert_frame_equal(files.table, study.table)
    pd.testing.assert_frame_equal(files.pairs, study.pairs)
    assert files.answer == study.answer and files.groups == study.groups == 110
    assert set(files.details) <= set(study.details)


def test_the_second_is_judged_by_the_interval_and_the_margin(folder):
    assert judged("good one.csv", "bad.csv")
    assert not judged("bad.csv", "good one.csv")
    assert not judged("good one.csv", "bad.csv", margin=0.45)
    assert judged("good one.csv", "bad.csv", metric="accuracy", margin=0.01)
    predicted("again.csv", folder, 0.9, seed=3)
    assert not judged("good one.csv", "again.csv")
    with pytest.raises(UserError, match="neither"):  # no verdict on another one
        verdict(compare_files("labels.csv", "good one.csv", "bad.csv"), "neither")
    predicted("copy.csv", folder, 0.9)
    assert not judged("good one.csv", "copy.csv")


def test_few_differences_that_chance_may_make_are_not_sure(folder):
    """Five against none: the interval excludes zero, the exact test does not."""
    said = folder[["id"]].assign(prediction=folder["label"])
    said.to_csv("all.csv", index=False)
    said.loc[:4, "prediction"] = np.where(folder["label"][:5] == "cat", "dog", "cat")
    said.to_csv("five.csv", index=False)
    found = compare_files("labels.csv", "all.csv", "five.csv", metric="accuracy")
    assert found.pairs["low"].iloc[0] > 0 and found.pairs["p"].iloc[0] > 0.05
    sure, why = verdict(found, "all")
    assert not sure and "by 0.000 to" in why


def test_none_is_better_than_what_makes_no_error_can_be_bad(folder):
    """One invention of 300 words against no error at all."""
    said = [" ".join(np.roll(WORDS, k)) for k in range(20)]
    table = pd.DataFrame({"id": [f"u{k}" for k in range(20)], "transcript": said})
    table.to_csv("spoken.csv", index=False)
    for name, more in (("none", ""), ("one", " word" * 300)):
        table[["id"]].assign(hypothesis=[said[0] + more, *said[1:]]).to_csv(f"{name}.csv")
    found = compare_files("spoken.csv", "none.csv", "one.csv")
    first, second = found.table.to_dict("records")
    assert first["candidate"] == "none" and second["lead"] > 1
    assert second["lead_low"] == pytest.approx(-first["high"]) and first["high"] < 0.25
    assert second["lead_high"] > second["lead"]


@pytest.mark.parametrize("seed", range(4))
def test_the_exit_code_is_that_of_the_word_in_the_table(folder, seed):
    """Of 200 rare classes percentiles and the test may differ: one of them has the say."""
    random = np.random.default_rng(seed)
    share = 1 / np.arange(1, 201)
    table = pd.DataFrame({"id": [f"x{k}" for k in range(800)]})
    table["label"] = random.choice(np.arange(200), 800, p=share / share.sum()).astype(str)
    table.to_csv("labels.csv", index=False)
    for name, right in (("a", 0.8), ("b", 0.75)):
        kept = random.random(800) < right
        said = np.where(kept, table["label"], random.choice(table["label"].unique(), 800))
        table[["id"]].assign(prediction=said).to_csv(f"{name}-x.csv", index=False)
    found = compare_files("labels.csv", "a-x.csv", "b-x.csv", resamples=300)
    table = found.table.assign(verdict=["first", "worse"], lead_low=0.0)
    first, second = found.table["candidate"]
    for each in (found, replace(found, table=table)):
        assert verdict(each, first)[0] is bool(each.table["verdict"][1] == "worse")
        assert not verdict(each, second)[0]


@pytest.mark.parametrize(("items", "sure"), [(1, False), (5, False), (9, True)])
def test_the_answer_and_the_verdict_agree_on_few_items(folder, items, sure):
    few = folder.iloc[:items].assign(split="test")
    pd.concat([few, folder.iloc[items:60].assign(split="train")]).to_csv("few.csv", index=False)
    few[["id"]].assign(prediction=few["label"]).to_csv("right.csv", index=False)
    wrong = np.where(few["label"] == "cat", "dog", "cat")
    few[["id"]].assign(prediction=wrong).to_csv("wrong.csv", index=False)
    found = compare_files("few.csv", "right.csv", "wrong.csv", metric="accuracy")
    said = " ".join(found.answer)
    assert verdict(found, "right")[0] is sure and ("better than every other" in said) is sure
    assert ("cannot show" in said) is not sure and "1 test items" not in said


@pytest.mark.parametrize(("wrong", "told"), [(3, "more than 99 of"), (0, "100 of"), (997, "fewer")])
def test_a_share_is_all_or_none_only_where_it_is(folder, wrong, told):
    table = labelled("many.csv", 1000)
    off = np.where(table["label"] == "cat", "dog", "cat")
    for name, missed in (("one", wrong), ("two", 999)):
        said = np.where(table.index < missed, off, table["label"])
        table[["id"]].assign(prediction=said).to_csv(f"{name}.csv", index=False)
    assert f"right on {told}" in compare_files("many.csv", "one.csv", "two.csv").answer[0]


@pytest.mark.parametrize("groups", [1, 2])
def test_so_few_groups_give_no_interval_of_the_difference(folder, groups):
    labelled("few.csv", site=np.arange(300) % groups)
    found = compare_files("few.csv", "good one.csv", "bad.csv", group="site")
    sure, why = verdict(found, "good-one")
    assert np.isnan(found.pairs[["low", "high"]].to_numpy(float)).all() and not sure
    assert not any("nan" in each for each in (why, *found.answer, *found.details))


def test_groups_are_resampled_together(folder):
    found = compare_files("labels.csv", "good one.csv", "bad.csv", group="patient")
    assert found.groups == 30
    assert compare_files("labels.csv", "good one.csv", "bad.csv").groups is None


def test_transcripts_are_compared_by_their_errors(folder):
    random = np.random.default_rng(0)
    said = [" ".join(random.choice(WORDS, 8)) for _ in range(120)]
    table = pd.DataFrame({"id": range(120), "transcript": said, "language": "en"})
    table.loc[119, "transcript"] = "[a door]"
    table.to_csv("said.csv", index=False)
    for name, wrong in (("one", 3), ("two", 40)):
        heard = [text.replace(text.split()[0], "zebra") for text in said]
        heard = [heard[k] if k < wrong else said[k] for k in range(120)]
        table[["id"]].assign(hypothesis=heard).to_csv(f"{name}.csv", index=False)
    found = compare_files("said.csv", "one.csv", "two.csv")
    assert found.primary == "word-error-rate" and found.n == 119 and found.winner == "one"
    assert verdict(found, "one")[0] and not verdict(found, "two")[0]
    with pytest.raises(UserError, match="accuracy"):
        compare_files("said.csv", "one.csv", "two.csv", metric="accuracy")
    table.assign(room=table.index % 3).to_csv("said.csv", index=False)
    with pytest.raises(UserError):  # too few rooms to resample: not silently utterances instead
        compare_files("said.csv", "one.csv", "two.csv", group="room")


def test_a_metric_without_a_value_is_no_verdict(folder):
    found = compare_files("labels.csv", "good one.csv", "bad.csv", metric="log-loss")
    with pytest.raises(UserError, match="log loss"):
        verdict(found, "good-one")


def checks_of(*files):
    """Give the checks that found something, by code."""
    found = {}

    def keep(_):
        found.update({each.code: each for each in DataRecord.read("files").checks if each.count})

    comparison = compare_files(*files, then=keep)
    return found, comparison


def test_copies_count_once_where_the_texts_are_there(folder):
    table = labelled("labels.csv", texts=True)
    table.loc[150:, "text"] = table["text"][:150].to_numpy()
    table.loc[150:, "label"] = table["label"][:150].to_numpy()
    table.to_csv("labels.csv", index=False)
    found, comparison = checks_of("labels.csv", "good one.csv", "bad.csv")
    assert comparison.groups == 150 and found["D412"].count == 150
    assert found["D412"].consequence in comparison.details


def test_without_texts_it_is_said_that_copies_were_not_looked_for(folder):
    found, comparison = checks_of("labels.csv", "good one.csv", "bad.csv")
    assert list(found) == ["D301"] and found["D301"].severity == "not checked"
    assert found["D301"].consequence in comparison.details
    labelled("labels.csv", texts=True)
    assert checks_of("labels.csv", "good one.csv", "bad.csv")[0] == {}


def test_what_speaks_against_a_file_stands_in_the_answer(folder):
    """Classes renamed, other labels, train items: whatever the reader of predictions doubts."""
    renamed = folder["label"].map({"cat": "dog", "dog": "owl", "owl": "cat"})
    folder[["id"]].assign(prediction=renamed).to_csv("turned.csv", index=False)
    told = folder["label"].where(folder.index > 3, "cat")
    predicted("told.csv", folder, 0.8, label=told, split="train")
    kept = {}

    def keep(_):
        kept.update({name: Training.read("files", name) for name in ("turned", "told")})

    found = compare_files("labels.csv", "turned.csv", "told.csv", then=keep)
    assert [len(kept[name].doubts) for name in ("turned", "told")] == [1, 2]
    lines = "\n".join([*found.answer, *found.details])
    assert all(doubt in lines for each in kept.values() for doubt in each.cautions)


def test_nothing_is_left_but_the_result(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before, seen = dict(os.environ), []
    there = sorted(map(str, tmp_path.rglob("*")))
    compare_files(
        "labels.csv", "bad.csv", "good one.csv", then=lambda _: seen.append(paths.build())
    )
    with pytest.raises(UserError):
        compare_files("labels.csv", "bad.csv", "gone.csv")
    assert dict(os.environ) == before and sorted(map(str, tmp_path.rglob("*"))) == there
    assert seen[0].is_relative_to(tmp_path) and not seen[0].exists()


@pytest.mark.parametrize(
    ("a", "b", "names"),
    [
        ("old.csv", "runs/New (2).csv", ("old", "new-2")),
        ("x/p.csv", "y/p.csv", ("first", "second")),
        ("p.csv", "P.tsv", ("first", "second")),
        ("m-seed-1.csv", "m-seed-2.csv", ("first", "second")),  # two candidates, not one family
        ("模型.csv", "b.csv", ("first", "second")),
    ],
)
def test_candidates_are_called_as_their_files_where_these_differ(a, b, names):
    assert names_of(a, b) == names


REFUSED = {
    "a file that is not there": dict(b="gone.csv"),
    "labels that are not there": dict(labels="gone.csv"),
    "the same file twice": dict(b="../some files/good one.csv"),
    "an unknown metric": dict(metric="f1"),
    "an unknown option": dict(primary="accuracy"),
    "a metric of another task": dict(metric="word-error-rate"),
    "a margin in points": dict(margin="1"),
    "a margin below zero": dict(margin=-0.1),
    "a seed that is none": dict(seed="x"),
    "a seed below zero": dict(seed=-1),
    "an unknown column": dict(group="patience"),
    "labels without ids": dict(change=lambda t: t.drop(columns="id")),
    "labels without labels": dict(change=lambda t: t.drop(columns="label")),
    "ids that come twice": dict(change=lambda t: t.assign(id="x")),
    "an item without a label": dict(change=lambda t: t.assign(label=t["label"].where(t.index > 0))),
    "one class": dict(change=lambda t: t.assign(label="cat")),
    "no rows": dict(change=lambda t: t[:0]),
    "items that neither predicts": dict(
        change=lambda t: pd.concat([t, t.assign(id=t["id"] + "-more")])
    ),
    "items of the validation alone": dict(change=lambda t: t.assign(split="validation")),
    "no test items": dict(change=lambda t: t.assign(split="train")),
    "other classes": dict(change=lambda t: t.assign(label=t["label"] + "s")),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_in_one_line(folder, case):
    wrong = {"labels": "labels.csv", "a": "good one.csv", "b": "bad.csv"} | REFUSED[case]
    if change := wrong.pop("change", None):
        change(folder).to_csv("labels.csv", index=False)
    with pytest.raises(UserError) as refused:
        compare_files(**wrong)
    assert "\n" not in str(refused.value) and "nan" not in str(refused.value)
    assert str(Path.cwd()) not in str(refused.value)  # files are called as they were given
