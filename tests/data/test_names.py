"""Names of classes and groups: one way to write them, and merges that a study asks for."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from factories.cases import fill, look, scene, sentence

from helpers.config import study_file
from helpers.core import paths
from helpers.core.errors import UserError
from helpers.data import dataset, names, preparation
from helpers.data.sources import modules
from helpers.training import external_predictions

TASK = "text-classification"


@pytest.fixture
def table(repository):
    """Give a table of a class in three spellings and a group in two."""
    labels = ["cat", "Cat", "cat ", "dog"]
    rows = [(sentence(k), labels[k % 4], f"{'pP'[k % 2]}{k // 4}") for k in range(80)]
    pd.DataFrame(rows, columns=["text", "label", "group"]).to_csv(repository / "t.csv", index=False)
    return "t.csv"


def test_what_reads_the_same_is_one_and_is_counted(table):
    prepared, said = look({"table": table}, TASK)
    assert prepared.classes == ("Cat", "cat", "dog")
    assert "label: 20 items written with other blanks" in said
    assert "look alike: 'cat' (40) = 'cat' (20)" in said and "labels: {merge: alike}" in said
    assert "group: 'p0' (2) = 'p0' (2)" in said and "groups: {merge: alike}" in said


@pytest.mark.parametrize("merge", ["alike", {"Cat": "cat"}])
def test_a_study_merges_what_it_says_is_one(table, merge):
    source = {"table": table, "labels": {"merge": merge}, "groups": {"merge": "alike"}}
    prepared, said = look(source, TASK)
    assert prepared.classes == ("cat", "dog") and prepared.frame["group"].nunique() == 20
    assert "alike:" not in said and "labels: 20 items renamed" in said
    assert (prepared.frame.groupby("group")["split"].nunique() == 1).all()


def test_merges_reach_folders_and_arrays(repository):
    fill(repository / "set", ("Cats", "cats", "dogs"))
    np.save(
        repository / "x.npy", np.stack([scene("ab"[number % 2], number) for number in range(40)])
    )
    np.save(repository / "y.npy", np.array(["Cats", "cats", "dogs", "dogs"] * 10))
    for source in ({"folder": "set"}, {"npy": {"data": "x.npy", "labels": "y.npy"}}):
        prepared, said = look(source)
        assert len(prepared.classes) == 3 and "look alike" in said
        prepared, said = look({**source, "labels": {"merge": {"Cats": "cats"}}})
        assert prepared.classes == ("cats", "dogs") and "look alike" not in said
        assert "d203" not in said


@pytest.mark.parametrize(
    ("merges", "expected"),
    [
        ({"labels": {"merge": {"Cta": "cat"}}}, "unknown name 'cta'; did you mean 'cat'"),
        ({"labels": {"merge": "casefold"}}, "alike, or {old: new}, is needed, not 'casefold'"),
        ({"labels": {"merge": {True: "cat"}}}, "in quotes"),
        ({"labels": {"merge": {"Cat": None}}}, "in quotes"),
        ({"labels": {"merge": {"Cat": " "}}}, "empty the cells"),
        ({"labels": {"merge": {1.0: "cat"}}}, "in quotes"),
        (
            {"labels": {"merge": {"cat": "Cat", "Cat": "dog"}}},
            "'cat' is itself renamed: name 'dog'",
        ),
        ({"labels": ["cat"]}, "labels: a mapping is needed, such as {merge: ...}"),
        ({"labels": "alike"}, "such as {merge: ...}, not 'alike'"),
        ({"labels": {"into": "cat"}}, "unknown key 'into'"),
        ({"speakers": {"merge": "alike"}}, "unknown key 'speakers'"),
    ],
)
def test_a_mistaken_merge_is_refused_in_a_line(table, merges, expected):
    prepared, said = look({"table": table, **merges}, TASK)
    assert prepared is None and expected in said and "\n" not in said


def test_a_merge_of_groups_needs_groups(repository):
    fill(repository / "set", ("a", "b"))
    _, said = look({"folder": "set", "groups": {"merge": "alike"}})
    assert "no column group or speaker" in said


def test_a_merge_flows_from_the_study_into_the_data_and_predictions(table, repository):
    """Digest, classes and predictions made elsewhere follow; no and yes are words in YAML."""
    frame = pd.read_csv(repository / table).assign(label=["no", "yes", "nope", "yes"] * 20)
    frame.to_csv(repository / table, index=False)
    text = (
        "task: text-classification\ncandidates: [{baseline: majority}]\n"
        "data: {source: {table: t.csv, labels: {merge: {nope: no}}}}\n"
    )
    (paths.params() / "made.yaml").write_text(text)
    source = study_file.load("made").data.source
    beside = text.replace(
        "t.csv, labels: {merge: {nope: no}}}", "t.csv}, labels: {merge: {nope: no}}"
    )
    (paths.params() / "beside.yaml").write_text(beside)
    assert beside != text and study_file.load("beside").data.source == source
    assert source["labels"] == {"merge": {"nope": "no"}} and len(modules(source, TASK)) == 2
    plain, merged = (preparation.prepare(each, None, TASK) for each in ({"table": table}, source))
    assert merged.classes == ("no", "yes") and merged.digest != plain.digest
    preparation.save("made", merged, source)
    data = dataset.open("made")
    assert data.items.merged == {"nope": "no"} and data.classes == ("no", "yes")
    test = data.frame[data.frame["split"] == "test"]
    said = [["nope", "no"][number % 2] for number in range(len(test))]
    rows = pd.DataFrame({"id": test["id"], "prediction": said})
    rows[["score:no", "score:nope", "score:yes"]] = [0.25, 0.5, 0.25]
    rows.to_csv(repository / "p.csv", index=False)
    read = external_predictions.read("p.csv", data)
    assert set(read.table["prediction"]) == {"no"} and (read.table["score:no"] == 0.75).all()


def test_names_of_predictions_are_merged_in_their_labels_too():
    rows = pd.DataFrame({"label": ["Cat", "dog"], "score:Cat": ["0.5", "0.1"]})
    names.of_predictions(rows, {"Cat": "cat"}, ("prediction", "label"))
    assert rows["label"].tolist() == ["cat", "dog"] and rows["score:cat"].tolist() == [0.5, 0.1]
    same = SimpleNamespace(columns=["label"])
    names.of_predictions(same, {}, ("label",))
    assert same.columns == ["label"]


def test_a_name_to_merge_is_named_with_its_place(table):
    with pytest.raises(UserError, match="t.csv: labels.merge"):
        preparation.prepare({"table": table, "labels": {"merge": {"cow": "cat"}}}, None, TASK)
