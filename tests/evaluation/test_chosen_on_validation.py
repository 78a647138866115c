"""Prediction sets and thresholds from files alone: chosen on validation, measured on test."""

import numpy as np
import pandas as pd
import pytest
from factories.records import data_record, training_record

from helpers.core import columns, files, paths
from helpers.core.errors import UserError
from helpers.core.records.classification_metrics import ClassificationMetrics
from helpers.evaluation import chosen_on_validation, classification
from helpers.metrics.statistics.bootstrap import Resampling

FEW = Resampling(300, seed=42)
AIM = {"positive": "sick", "recall": 0.9}


def study(
    classes=("sick", "well"), items=800, scores=True, splits=("test", "validation"), seed=5, **more
):
    """Write a study half of which is test, a tenth of whose items are of the first class."""
    random = np.random.default_rng(seed)
    labels = np.where(random.random(items) < 0.1, 0, random.integers(1, len(classes), items))
    names = np.array(classes)
    made = pd.DataFrame({"id": [f"item{number}" for number in range(items)]})
    made["split"] = np.where(np.arange(items) % 2, "test", "validation")
    made["label"], made["site"] = names[labels], random.choice(["north", "south"], items)
    made = made.assign(**more)
    files.write_parquet(paths.build("made") / "splits.parquet", made)
    data_record("made", classes=list(classes)).write("made")
    logits = random.normal(size=(items, len(classes)))
    logits[np.arange(items), labels] += 1.5
    given = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    table = made[["id", "split", "label"]].assign(prediction=names[given.argmax(axis=1)])
    if scores:
        table[columns.scores(classes)] = given
    table = table[table["split"].isin(splits)].iloc[::-1]
    files.write_parquet(paths.build("made", "probe-a") / "predictions.parquet", table)
    training_record("made", "probe-a").write("made", "probe-a")
    return made, given / given.sum(axis=1, keepdims=True), labels


def sets(level=0.9, slices=()):
    return chosen_on_validation.prediction_sets("made", "probe-a", level, slices, FEW)


def threshold(**plan):
    return chosen_on_validation.threshold("made", "probe-a", {"positive": "sick"} | plan, FEW)


def test_sets_are_chosen_on_validation_and_measured_on_test(repository):
    made, given, labels = study(("a", "b", "c"))
    table, says = sets(slices=["site"])
    own, test = given[np.arange(800), labels], (made["split"] == "test").to_numpy()
    least = np.sort(own[~test])[-int(np.ceil(0.9 * 401))]
    inside = given[test] >= least
    value = table.set_index(["column", "slice", "metric"])["value"]
    assert value["", "all items", "coverage"] == (own[test] >= least).mean()
    assert value["", "all items", "size"] == inside.sum(axis=1).mean()
    assert value["", "all items", "one class"] == (inside.sum(axis=1) == 1).mean()
    assert value["", "all items", "no class"] == (inside.sum(axis=1) == 0).mean()
    north = (made["site"] == "north").to_numpy() & test
    assert value["site", "north", "coverage"] == (own[north] >= least).mean()
    assert value["true class", "a", "coverage"] == (own[test & (labels == 0)] >= least).mean()
    of_a = np.sort(own[~test & (labels == 0)])
    of_a = of_a[-int(np.ceil(0.9 * (len(of_a) + 1)))]
    by_class = f"coverage{chosen_on_validation.BY_CLASS}"
    assert value["true class", "a", by_class] == (own[test & (labels == 0)] >= of_a).mean()
    shares = table[table["metric"] == "coverage"]
    assert ((shares["low"] < shares["high"]) & (shares["low"] <= shares["value"])).all()
    assert "90 %" in says and "learned" not in says and "fewer" not in says


def test_too_few_validation_items_are_said_for_all_and_for_a_class(repository):
    study(items=16)
    table, says = sets()
    assert "fewer than 9" in says and table["value"].iloc[0] == 1
    study(items=100)  # some five of them of the rare class
    assert "fewer than 9" in sets()[1] and "1 class with" in sets()[1]
    study(items=100, group=["one"] * 100)
    assert "fewer than 9" in sets()[1]


def test_validation_that_is_unlike_the_test_is_said(repository):
    _, given, labels = study(("a", "b", "c"))
    file = paths.build("made", "probe-a") / "predictions.parquet"
    table = pd.read_parquet(file)
    learned = (table["split"] == "validation").to_numpy()
    sure = 0.01 + 0.97 * (table["label"].to_numpy()[:, None] == np.array(["a", "b", "c"]))
    names = columns.scores("abc")
    table.loc[learned, names] = sure[learned]
    files.write_parquet(file, table)
    assert "learned from" in sets()[1]


def test_ordinary_studies_are_not_said_to_be_unlike_their_validation(repository):
    alarms = []
    for seed in range(15):
        study(("a", "b", "c"), items=120, seed=seed)
        alarms.append("learned from" in sets()[1])
    assert sum(alarms) <= 1


def test_a_threshold_is_chosen_on_validation_and_measured_beside_the_usual_one(repository):
    made, given, labels = study()
    table, says = threshold(recall=0.9)
    test, sick = (made["split"] == "test").to_numpy(), labels == 0
    value = table.set_index(["slice", "metric"])["value"]
    least = value["threshold", "least score"]
    kept = given[~test & sick, 0]
    assert (kept >= least).mean() >= 0.9 > (kept > least).mean()
    assert value["threshold", "recall"] == (given[test & sick, 0] >= least).mean()
    assert value["threshold", "flagged"] == (given[test, 0] >= least).mean()
    assert value["as predicted", "recall"] == (given[test & sick, 0] >= 0.5).mean()
    assert (
        "cannot promise 0.9" in says and f"400 validation items, {(~test & sick).sum()} of" in says
    )
    study(items=8000)
    assert "cannot promise" not in threshold(recall=0.9)[1]


def test_costs_per_item_have_an_interval_that_holds_both_errors(repository):
    study()
    table, _ = threshold(cost={"false_positive": 1, "false_negative": 20})
    cost = table[table["metric"] == "cost"].set_index("slice")
    row = table[table["slice"] == "threshold"].set_index("metric")["value"]
    false = row["flagged"] * (1 - row["precision"])
    assert cost["value"]["threshold"] < cost["value"]["as predicted"]
    assert cost["value"]["threshold"] >= false
    assert (cost["low"] < cost["value"]).all() and (cost["value"] < cost["high"]).all()


def test_an_aim_that_no_score_reaches_is_said(repository):
    made, given, labels = study()
    table, says = threshold(precision=1.0)
    top = given[(made["split"] == "validation").to_numpy(), 0].argmax()
    if labels[(made["split"] == "validation").to_numpy()][top]:
        assert table.empty and "none gives that" in says
    else:
        assert table.set_index(["slice", "metric"])["value"]["threshold", "flagged"] < 0.1


@pytest.mark.parametrize("lacking", [{"splits": ("test",)}, {"scores": False}])
def test_without_scores_of_validation_nothing_is_chosen_and_that_is_said(repository, lacking):
    study(**lacking)
    for table, says in (sets(), threshold(recall=0.9)):
        assert table.empty and "validation items have no scores" in says


def test_a_constant_model_has_no_sets_whose_refit_would_break_them(repository):
    """Its scores move a little from the fit on train to the final one: all or nothing is held."""
    made, given, labels = study()
    file = paths.build("made", "probe-a") / "predictions.parquet"
    table = pd.read_parquet(file)
    share = np.where(table["split"] == "test", 0.1, 0.1001)
    table["score:sick"], table["score:well"] = share, 1 - share
    files.write_parquet(file, table.assign(prediction="well"))
    for table, says in (sets(), threshold(recall=0.9)):
        assert table.empty and "all the same" in says


def test_a_threshold_needs_two_classes_of_which_one_is_positive(repository):
    study(("sick", "well", "unknown"))
    with pytest.raises(UserError, match="two classes are needed, not 3"):
        threshold(recall=0.9)
    study()
    with pytest.raises(UserError, match="did you mean 'sick'"):
        threshold(positive="sik", recall=0.9)


def test_metrics_json_holds_what_was_chosen(repository):
    study()
    result = classification.evaluate("made", "probe-a", resampling=FEW)
    chosen = {"prediction_sets": sets()[0], "threshold": threshold(recall=1.0)[0]}
    classification.save(result, pd.DataFrame(), pd.DataFrame(), **chosen)
    record = ClassificationMetrics.read("made", "probe-a")
    assert record.prediction_sets[0].metric == "coverage"
    assert {row.slice for row in record.threshold} == {"threshold", "as predicted"}


def test_in_folds_nothing_is_chosen_and_the_reason_is_theirs(repository):
    made, given, _ = study()
    tables = [
        made[["id", "label"]].assign(
            split="test", prediction="well", repeat=repeat, fold=np.arange(800) % 4
        )
        for repeat in (0, 1)
    ]
    scored = [
        table.assign(**dict(zip(columns.scores(("sick", "well")), given.T, strict=True)))
        for table in tables
    ]
    files.write_parquet(paths.build("made", "probe-a") / "predictions.parquet", pd.concat(scored))
    for table, says in (sets(), threshold(recall=0.9)):
        assert table.empty and "cross-validation" in says
