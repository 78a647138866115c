"""Evaluation from files alone: a golden protocol, the contract, and files that do not fit."""

import numpy as np
import pandas as pd
import pytest
from factories.study import CLASSES, evaluated, made_study, saved, write_candidate
from sklearn.datasets import load_digits
from sklearn.metrics import classification_report
from sklearn.svm import SVC

from helpers.core import files, paths, provenance
from helpers.core.errors import UserError
from helpers.evaluation import classification, classification_findings
from helpers.metrics.statistics.bootstrap import Resampling

FEW = Resampling(200, seed=42)


@pytest.fixture
def made(repository):
    return made_study({"probe-a": 1.5}, items=400)


def test_scikit_learns_digits_example_gives_its_printed_numbers(repository):
    """First half train, second half test, SVC(gamma=0.001): 0.97, as its documentation shows."""
    pictures, labels = load_digits(return_X_y=True)
    half = len(labels) // 2
    model = SVC(gamma=0.001).fit(pictures[:half], labels[:half])
    said = model.predict(pictures[half:])
    names = np.array([str(digit) for digit in range(10)])
    splits = pd.DataFrame({"id": np.arange(half, len(labels)).astype(str), "split": "test"})
    splits["label"] = names[labels[half:]]
    files.write_parquet(paths.build("digits") / "splits.parquet", splits)
    write_candidate("digits", "svc", splits, names, 0.01 + np.eye(10)[said])
    result = classification.evaluate("digits", "svc", resampling=Resampling(400, 42))
    assert f"{result.metrics['accuracy'].value:.2f}" == "0.97"
    report = classification_report(labels[half:], said, output_dict=True)
    assert result.metrics["macro-f1"].value == pytest.approx(report["macro avg"]["f1-score"])
    assert result.metrics["weighted-precision"].value == pytest.approx(
        report["weighted avg"]["precision"]
    )
    for row in result.per_class.to_dict("records"):
        own = report[row["class"]]
        assert [row["precision"], row["recall"], row["f1"]] == pytest.approx(
            [own["precision"], own["recall"], own["f1-score"]]
        )
        assert row["support"] == own["support"] and row["low"] < row["f1"] < row["high"]
    assert result.confusion.trace() == (said == labels[half:]).sum()


def test_metrics_json_keeps_the_contract(made, monkeypatch):
    monkeypatch.setattr(provenance, "collect", lambda: {"commit": "abc"})
    evaluated("made", "probe-a", slices=["cell_type"], resamples=200)
    content = saved("made", "probe-a", "metrics.json")
    assert {"study", "candidate", "model", "adaptation", "n", "metrics", "slices"} < content.keys()
    assert content["cost"]["fit_seconds"] == 12.5 and content["provenance"] == {"commit": "abc"}
    for name, each in content["metrics"].items():
        assert {"value", "low", "high", "method"} <= each.keys(), name
        assert name == name.lower() and each["method"]
    assert [row["slice"] for row in content["slices"]] == ["mono", "poly"]


def test_the_same_seed_gives_the_same_numbers_in_any_order_of_rows(made):
    first = classification.evaluate("made", "probe-a", resampling=FEW)
    file = paths.build("made", "probe-a") / "predictions.parquet"
    files.write_parquet(file, pd.read_parquet(file).sample(frac=1, random_state=1))
    assert classification.evaluate("made", "probe-a", resampling=FEW).metrics == first.metrics


def test_errors_are_the_most_confident_ones_and_point_at_their_rows(made):
    errors = classification.evaluate("made", "probe-a", resampling=FEW).errors
    assert errors["confidence"].is_monotonic_decreasing and len(errors) <= 12
    rows = made.loc[errors["row"]]
    assert (rows["id"].to_numpy() == errors["id"].to_numpy()).all()
    assert (rows["label"].to_numpy() == errors["label"].to_numpy()).all()
    assert (errors["label"] != errors["prediction"]).all()


def test_groups_make_the_intervals_those_of_groups(repository):
    made_study({"probe-a": 1.5}, groups=30)
    result = classification.evaluate("made", "probe-a", resampling=FEW)
    assert "groups" in result.metrics["accuracy"].method
    assert "groups" in result.metrics["log-loss"].method
    assert "group" in result.metrics["roc-auc"].method


def test_one_class_in_test_and_perfect_predictions_do_not_crash(repository):
    splits = made_study({}, items=40)
    splits["label"] = CLASSES[0]
    files.write_parquet(paths.build("made") / "splits.parquet", splits)
    write_candidate("made", "sure", splits, np.array(CLASSES), np.tile([9.0, 1.0], (40, 1)))
    result = classification.evaluate("made", "sure", slices=["cell_type"], resampling=FEW)
    assert np.isnan(result.metrics["roc-auc"].value) and result.metrics["roc-auc"].note
    assert len(result.errors) == 0 and result.constant
    sentences = classification_findings.of_evaluation(result)
    assert any("ROC AUC" in each and "one class" in each for each in sentences)
    told = [each for each in sentences if not each.startswith("No interval")]
    assert not any("calibrat" in each or "confident" in each or "class:" in each for each in told)


def test_what_is_to_be_read_beside_the_primary_metric_comes_next(made):
    result = classification.evaluate("made", "probe-a", "log-loss", resampling=FEW)
    assert result.headline["metric"].tolist()[:3] == ["log-loss", "accuracy", "macro-f1"]
    assert len(result.headline) == len(result.metrics) and not result.constant


def test_wrong_names_and_missing_files_get_one_line(made):
    with pytest.raises(UserError, match="did you mean 'macro-f1'"):
        classification.evaluate("made", "probe-a", primary="macro-f2")
    with pytest.raises(UserError, match="did you mean 'cell_type'"):
        classification.evaluate("made", "probe-a", slices=["cell_typ"])
    with pytest.raises(UserError, match="no such file"):
        classification.evaluate("made", "probe-z")
    (paths.build("made", "probe-a") / "predictions.parquet").write_bytes(b"PAR1")
    with pytest.raises(UserError, match="not a parquet file"):
        classification.evaluate("made", "probe-a")
