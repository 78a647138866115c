"""What following a selection cost: regret in points, agreement of orders, seconds."""

import numpy as np
import pandas as pd
import pytest
from factories.records import rewrite, selection_record
from factories.study import CLASSES, made_study, write_candidate

from helpers.comparison import selection_regret
from helpers.core import paths
from helpers.core.records.training import Training
from helpers.evaluation import predictions
from helpers.metrics.classification import estimate
from helpers.selection.transferability.methods import METHODS


def selected(names, finalist="b", study="made"):
    def scores(position):
        score = {"value": 1.0 - position / 10, "seconds": 0.1, "note": ""}
        return dict.fromkeys(METHODS, score)

    selection_record(names, [finalist], scores=scores).write(study)


def tried(strengths):
    made_study({f"probe-{name}": value for name, value in strengths.items()}, items=2000)
    for name in strengths:
        rewrite(Training, "made", f"probe-{name}", resolved_model=name)
    return [f"probe-{name}" for name in strengths]


def test_regret_is_measured_on_test_in_points(repository):
    names = tried(dict(a=2.5, b=1.5, c=0.8, d=0.2))
    selected(["b", "a", "c", "d"])
    found = selection_regret.measure("made", names, "accuracy", resamples=300)
    value = found.models.set_index("model")["value"]
    own = found.methods.set_index("method").loc["selection"]
    assert own["regret"] == pytest.approx(100 * (value["a"] - value["b"]))
    assert own["regret_low"] <= own["regret"] < own["regret_high"] and own["first"] == "b"
    assert own["models"] == 4 and own["tau"] < 1
    assert found.models["model"].tolist() == ["b", "a", "c", "d"]
    data = predictions.read("made", "probe-b")
    limits = estimate("accuracy", data.labels, data.predictions, data.scores)
    drawn = found.models.iloc[0]  # with the interval that it has everywhere else
    assert (drawn["low"], drawn["high"]) == pytest.approx((limits.low, limits.high))
    selected(["a", "b", "c", "d"])
    right = selection_regret.measure("made", names, "accuracy", resamples=300)
    own = right.methods.set_index("method").loc["selection"]
    assert own["regret"] == 0 and own["tau"] == pytest.approx(1)
    assert own["p"] == pytest.approx(1 / 24)
    said = selection_regret.sentences(right)
    assert "4 models" in said[0] and "0.0 points of accuracy" in said[0] and "p = 0.042" in said[0]
    assert "could not" not in said[0]
    assert len(said) == 2 and "unknown" in said[1]


def test_where_lower_is_better_the_lowest_is_the_best(repository):
    names = tried(dict(a=2.5, b=1.5, c=0.8))
    selected(["a", "b", "c"])
    found = selection_regret.measure("made", names, "log-loss", resamples=300)
    assert found.methods["tau"].iloc[0] == pytest.approx(1) and found.methods["regret"].iloc[0] == 0
    assert "p = 0.17, which could not be below 1/6" in selection_regret.sentences(found)[0]


def test_models_that_are_all_right_have_no_order_and_none_is_found(repository):
    names = tried(dict.fromkeys("abc", 50.0))
    selected(["a", "b", "c"])
    found = selection_regret.measure("made", names, "accuracy", resamples=200)
    said = selection_regret.sentences(found)[0]
    assert "no order can agree" in said and "nan" not in said and "p below" not in said


def test_a_model_without_a_value_is_left_out_of_the_order(repository):
    """One that always says the same has no correlation of Matthews."""
    names = tried(dict(a=2.5, b=1.5, c=0.8, d=0.5))
    selected(["a", "b", "c", "d"])
    every = selection_regret.measure("made", names, "matthews-correlation", resamples=200)
    splits = pd.read_parquet(paths.build("made") / "splits.parquet")
    weights = np.tile([1.0, 2.0], (len(splits), 1))
    write_candidate("made", "probe-d", splits, np.array(CLASSES), weights, resolved_model="d")
    found = selection_regret.measure("made", names, "matthews-correlation", resamples=200)
    own, before = found.methods.iloc[0], every.methods.iloc[0]
    assert own["models"] == 3 < before["models"] and own["least_p"] == pytest.approx(1 / 6)
    assert own["tau"] == pytest.approx(1) and own["regret"] == 0 <= own["regret_high"]


def test_fine_tunes_not_tried_are_put_in_proportion(repository):
    names = tried(dict(a=2.5, b=1.5, c=0.8))
    selected(["a", "b", "c"], finalist="a")
    made_study({"finetune-best-1": 3.0}, items=2000)
    names = [*tried(dict(a=2.5, b=1.5, c=0.8)), "finetune-best-1"]
    tuned = {"adaptation": "finetune", "resolved_model": "a"}
    tuned["cost"] = {"fit_seconds": 100.0, "items_per_second": 1}
    rewrite(Training, "made", "finetune-best-1", **tuned)
    costs = selection_regret.measure("made", names, "accuracy", resamples=200).costs
    tuning = costs[costs["what"] == "fine-tuning"].iloc[0]
    assert tuning["spent"] == 100 and tuning["everything"] == 100 * (1 + 2 + 3)
    assert "in proportion" in tuning["how"]


def test_without_a_selection_there_is_none_to_regret(repository):
    made_study({"probe-a": 1.0})
    assert selection_regret.measure("made", ["probe-a"], "accuracy", resamples=200) is None


def test_a_selection_without_any_candidate_tried_has_no_scopes(repository):
    selected(["a", "b"], finalist="a")
    made_study({"pixels": 1.0})
    regret = selection_regret.measure("made", ["pixels"], "accuracy", resamples=200)
    assert list(selection_regret.scopes(regret)) == []
