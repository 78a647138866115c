"""Classifiers on the same test items: order, ties, groups, files that do not fit together."""

import pandas as pd
import pytest
from factories.study import made_study

from helpers.comparison import classification
from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.core.records.training import Training

STRENGTHS = {"majority": 0.0, "pixels": 1.0, "probe-a": 1.9, "probe-b": 2.0}


@pytest.fixture
def compared(repository):
    made_study(STRENGTHS, items=2400)
    return classification.compare("made", list(STRENGTHS), resamples=300)


def test_the_best_comes_first_with_its_ties(compared):
    table = compared.table
    assert table["value"].is_monotonic_decreasing
    assert compared.winner == table["candidate"].iloc[0] in ("probe-a", "probe-b")
    assert set(compared.tied_with) == {"probe-a", "probe-b"} - {compared.winner}
    assert table.set_index("candidate")["tied"].to_dict() == {
        "probe-a": True,
        "probe-b": True,
        "pixels": False,
        "majority": False,
    }
    assert (table["rank_low"] <= table["rank"]).all() and (
        table["rank"] <= table["rank_high"]
    ).all()
    assert len(compared.pairs) == 6 and (compared.pairs["difference"] >= 0).all()


@pytest.mark.parametrize("metric", ["accuracy", "log-loss", "roc-auc", "matthews-correlation"])
def test_any_metric_orders_and_a_lower_loss_is_better(repository, metric):
    made_study({"probe-bad": 0.5, "probe-good": 3.0}, items=1200)
    found = classification.compare("made", ["probe-bad", "probe-good"], metric, resamples=300)
    assert found.winner == "probe-good" and found.tied_with == []
    assert found.table["rank_low"].tolist() == [1, 2]
    assert found.table["rank_high"].tolist() == [1, 2]


def test_identical_candidates_tie_and_the_cheaper_comes_first(repository):
    made_study({"probe-a": 1.5}, items=400)
    folder = paths.build("made", "probe-a")
    copy = paths.build("made", "probe-z")
    files.write_parquet(
        copy / "predictions.parquet", pd.read_parquet(folder / "predictions.parquet")
    )
    training = Training.read("made", "probe-a").facts()
    copied = training | {"candidate": "probe-z", "cost": {"items_per_second": 999}}
    Training(**copied).write("made", "probe-z")
    found = classification.compare("made", ["probe-a", "probe-z"], resamples=300)
    assert found.winner == "probe-z" and found.tied_with == ["probe-a"]
    assert "probe-a is not told apart from it: it scores exactly the same" in found.answer[1]
    assert found.detectable_difference > 0


def test_pairs_are_tested_over_whole_groups(repository):
    made_study({"probe-a": 1.0, "probe-b": 1.2}, groups=30)
    found = classification.compare("made", ["probe-a", "probe-b"], "accuracy", resamples=200)
    assert 25 < found.groups <= 30 and "groups" in found.pairs["method"].iloc[0]


def test_candidates_of_other_classes_are_refused(repository):
    made_study({"probe-a": 1.0, "probe-b": 1.0})
    file = paths.build("made", "probe-b") / "predictions.parquet"
    files.write_parquet(file, pd.read_parquet(file).assign(**{"score:third": 0.0}))
    with pytest.raises(UserError, match="score columns differ from probe-a's: not in both: third"):
        classification.compare("made", ["probe-a", "probe-b"])
    with pytest.raises(UserError, match="no candidate"):
        classification.compare("made", [])


def test_a_candidate_without_scores_is_undefined_and_the_others_are_compared(repository):
    made_study({"probe-a": 1.0, "probe-b": 2.0, "probe-c": 1.5}, items=400)
    file = paths.build("made", "probe-a") / "predictions.parquet"
    table = pd.read_parquet(file)
    files.write_parquet(file, table.drop(columns=[c for c in table if c.startswith("score:")]))
    for metric in ("roc-auc", "log-loss"):
        found = classification.compare(
            "made", ["probe-b", "probe-a", "probe-c"], metric, resamples=200
        )
        assert found.table["verdict"].tolist()[-1] == "undefined" and "among 2" in found.answer[0]
        assert found.table["candidate"].tolist()[-1] == "probe-a"
