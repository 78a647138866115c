"""Predictions made elsewhere: checked, evaluated and compared like any other candidate."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from factories.records import training_record
from factories.study import CLASSES, made_study, saved

from helpers.comparison import leaderboard
from helpers.config.candidates import expand
from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.evaluation import classification, classification_findings
from helpers.metrics.classification import NO_SCORES
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.pipeline import external_inputs
from helpers.training import external_predictions, fit
from helpers.training.results import AdaptationRequest

FEW = Resampling(200, seed=42)

FILE = "params/theirs.csv"


@pytest.fixture
def given(repository):
    """A study, and a file of another's answers: right in nine of ten, without scores."""
    splits = made_study({"majority": 0.0, "probe-a": 1.5}, items=800)
    splits.loc[splits.index % 4 == 1, "split"] = "validation"
    test = splits[splits["split"] != "train"]
    wrong = np.random.default_rng(0).random(len(test)) < 0.1
    other = np.where(test["label"] == CLASSES[0], CLASSES[1], CLASSES[0])
    rows = pd.DataFrame({"id": test["id"], "prediction": np.where(wrong, other, test["label"])})
    labels = pd.Index(CLASSES).get_indexer(splits["label"])
    data = SimpleNamespace(study="made", frame=splits, classes=tuple(CLASSES), labels=labels)
    data.items = SimpleNamespace(frame=splits[["id", "split"]], merged={})
    return data, rows


def write(rows, name=FILE):
    (paths.root() / name).parent.mkdir(exist_ok=True)
    rows.to_csv(paths.root() / name, index=False)
    return name


def trained(data, file):
    request = AdaptationRequest(data, f"predictions:{file}", {}, "macro-f1", 0)
    candidate = fit.fit(request, "theirs", "predictions")
    fit.save(candidate, fit.predict(candidate))
    return candidate


def test_answers_without_scores_join_the_comparison(given):
    data, rows = given
    fitted = trained(data, write(rows))
    assert fitted.result.value > 0.8 and "log loss" in fitted.result.warnings[0]
    assert "200 test items" in fit.sentences(fitted, fit.predict(fitted))[-1]
    assert "nothing was trained" in fit.size(fitted)
    found = leaderboard.compare("made", ["majority", "probe-a", "theirs"], resamples=300)
    row = found.table.set_index("candidate").loc["theirs"]
    assert row["value"] > 0.8 and row["adaptation"] == "predictions" and np.isnan(row["cost"])
    assert found.winner != "theirs" or "cost is unknown" in found.answer[1]
    by_loss = leaderboard.compare("made", ["probe-a", "theirs"], "log-loss", resamples=300)
    assert by_loss.winner == "probe-a" and np.isnan(by_loss.table["value"].iloc[1])
    assert "log loss is undefined for theirs" in " ".join(by_loss.details)


def test_what_speaks_against_a_file_stands_beside_its_numbers(given):
    data, rows = given
    splits = data.frame.set_index("id")["split"]
    data.items = SimpleNamespace(frame=data.frame[["id"]], merged={})
    trained(data, write(rows))
    result = classification.evaluate("made", "theirs", resampling=FEW)
    [doubt, _] = result.doubts
    assert "drawn here" in doubt and doubt in classification_findings.of_evaluation(result)
    found = leaderboard.compare("made", ["probe-a", "theirs"], resamples=300)
    assert found.winner == "theirs" and found.answer[1].endswith(f"theirs: {doubt}")
    assert len(found.answer) == 4 and doubt not in " ".join(found.details)
    stronger = data.frame.query("split == 'test'").assign(prediction=lambda rows: rows["label"])
    made = training_record("made", "right", adaptation="predictions", model="predictions:r.csv")
    made.write("made", "right")
    path = paths.build("made", "right") / "predictions.parquet"
    files.write_parquet(path, stronger[["id", "split", "label", "prediction"]])
    found = leaderboard.compare("made", ["right", "probe-a", "theirs"], resamples=300)
    assert found.winner == "right" and len(found.answer) == 3
    assert f"theirs: {doubt}" in found.details and found.table["label"][0] == "predictions: r.csv"
    data.items.frame = data.frame[["id", "split"]]  # a published split
    assert not trained(data, write(rows)).result.doubts
    some = trained(data, write(rows.drop(rows.index[rows["id"].map(splits) == "validation"][:5])))
    assert np.isnan(some.result.value) and "195 of 200" in some.result.backbone["read with"]
    data.items.frame = data.frame[["id"]]
    kept = rows.assign(split=splits[rows["id"]].to_numpy())
    assert not trained(data, write(kept)).result.doubts


def test_what_needs_scores_is_undefined_and_says_so(given):
    data, rows = given
    trained(data, write(rows))
    result = classification.evaluate("made", "theirs", slices=["cell_type"], resampling=FEW)
    assert result.metrics["accuracy"].value == pytest.approx(0.9, abs=0.05)
    for name in ("log-loss", "roc-auc", "expected-calibration-error", "aurc"):
        assert np.isnan(result.metrics[name].value)
        assert result.metrics[name].note == NO_SCORES
    assert result.confidence is None
    assert len(result.errors) and result.errors["confidence"].isna().all()
    said = classification_findings.of_evaluation(result)
    assert any(
        each.startswith("Undefined") and NO_SCORES in each and "log loss" in each for each in said
    )
    classification.save(result, robustness=pd.DataFrame(), shift=pd.DataFrame())
    assert saved("made", "theirs", "metrics.json")["selective"] is None


def test_scores_and_parquet_are_read_and_make_every_metric(given):
    data, rows = given
    for name in CLASSES:
        rows[f"score:{name}"] = np.where(rows["prediction"] == name, 0.8, 0.2)
    file = paths.root() / "params" / "theirs.parquet"
    files.write_parquet(file, rows.sample(frac=1, random_state=0))
    fitted = trained(data, "params/theirs.parquet")
    assert fitted.result.warnings == []
    result = classification.evaluate("made", "theirs", resampling=FEW)
    assert result.metrics["log-loss"].value < 0.4 and result.confidence is not None


def kept(rows):
    """Give a table in the forms that programs keep it in."""
    yield "parquet", rows.astype({"prediction": "category", "id": "category"})
    yield "parquet", rows.astype("string")
    yield "parquet", rows.set_index("id")
    yield "jsonl", rows
    yield "tsv", rows


def test_tables_of_any_kind_are_read_alike(given):
    data, rows = given
    file = paths.root() / "params"
    file.mkdir(exist_ok=True)
    expected = external_predictions.read(write(rows), data).table
    for suffix, table in kept(rows):
        if suffix == "parquet":
            table.to_parquet(file / "p.parquet")
        elif suffix == "jsonl":
            table.to_json(file / "p.jsonl", orient="records", lines=True)
        else:
            table.to_csv(file / "p.tsv", sep="\t", index=False)
        found = external_predictions.read(f"params/p.{suffix}", data)
        assert found.table.equals(expected)
    numbers = rows.assign(id=rows["id"].str[4:].astype("Int64"))  # of cell0007 only 7 is there
    with pytest.raises(UserError, match="200 of 200 test items missing"):
        external_predictions.read(write(numbers), data)


def test_a_study_names_the_file_and_reruns_when_it_changes(given):
    _, rows = given
    write(rows)
    [plain, named] = expand(
        [{"predictions": FILE}, {"predictions": {"file": FILE, "name": "mine"}}], "params/x.yaml"
    )
    assert (plain.name, plain.adaptation) == ("theirs", "predictions")
    assert (named.name, named.model) == ("mine", f"predictions:{FILE}")
    before = external_inputs.of_model(plain.model)
    write(rows.iloc[1:])
    assert external_inputs.of_model(plain.model) != before
    for entry, said in (("params/their.csv", "no such file"), ({"name": "a"}, "name is needed")):
        with pytest.raises(UserError, match=said):
            expand([{"predictions": entry}], "params/x.yaml")


def scored(rows, **columns):
    return rows.assign(**{f"score:{name}": value for name, value in columns.items()})


WRONG = {
    "column": (lambda rows: rows.rename(columns={"prediction": "predicted"}), "did you mean"),
    "missing": (
        lambda rows: rows.iloc[3:],
        "2 of 200 test items missing, 0 of 397 ids unknown; such as missing",
    ),
    "another split": (
        lambda rows: rows.iloc[3:],
        "`make items` writes all that it needs, of two files",
    ),
    "unknown": (
        lambda rows: rows.assign(id=rows["id"].str.replace("cell0000", "cell9999")),
        "1 of 200 test items missing, 1 of 400 ids unknown; such as unknown 'cell9999'",
    ),
    "twice": (lambda rows: pd.concat([rows, rows.iloc[:2]]), "2 duplicate id(s)"),
    "class": (
        lambda rows: rows.assign(prediction="functionl"),
        "400 of 400 predictions: unknown class 'functionl'; did you mean 'functional'?",
    ),
    "one score": (lambda rows: scored(rows, defective=1.0), "1 present, 2 needed"),
    "no number": (
        lambda rows: scored(rows, defective="much", functional=0.5),
        "scores of 400 of 400 items are not probabilities",
    ),
    "no sum": (
        lambda rows: scored(rows, defective=0.7, functional=0.7),
        "scores of 400 of 400 items are not probabilities",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_does_not_fit_gets_one_line_with_counts(given, name):
    data, rows = given
    damage, expected = WRONG[name]
    with pytest.raises(UserError) as error:
        external_predictions.read(write(damage(rows)), data)
    assert expected in str(error.value) and FILE in str(error.value)
    assert "\n" not in str(error.value)
