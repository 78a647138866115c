"""Detectors compared: order, ties, pairs, and what the answer says of boxes."""

import numpy as np
import pandas as pd
import pytest
from factories.detection import detection_study
from factories.found_boxes import detected, evaluated, found_boxes

from helpers.comparison import leaderboard
from helpers.comparison.detection import compare
from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.core.records.leaderboard import Leaderboard
from helpers.evaluation import detected_boxes
from helpers.metrics import detection as metrics
from helpers.metrics.statistics.bootstrap import Resampling

GOOD, BAD = {"missed": 0.1, "false": 0.2, "shift": 0.03}, {"missed": 0.6, "false": 3.0}


@pytest.fixture
def study(repository):
    return detection_study(repository, images=60)


def made(study, **detectors):
    for name, errors in detectors.items():
        detected(study, name, **errors)
        evaluated(study, name)
    return list(detectors)


def test_the_better_detector_comes_first_and_the_worse_is_told_apart(study):
    board = compare("shapes", made(study, bad=BAD | {"seed": 1}, good=GOOD), resamples=500)
    assert board.winner == "good" and board.n == (study.frame["split"] == "test").sum()
    assert board.table["verdict"].tolist() == ["first", "worse"]
    [pair] = board.pairs.to_dict("records")
    assert pair["low"] < pair["difference"] < pair["high"] and pair["p"] < 0.01
    assert board.pairs["detectable"].between(0, 1).all()


def test_the_value_of_a_candidate_is_that_of_its_evaluation(study):
    board = compare("shapes", made(study, one=GOOD, other=BAD), resamples=300)
    for row in board.table.itertuples():
        alone = evaluated(study, row.candidate).metrics["mean-average-precision"]
        assert row.value == pytest.approx(alone.value)
        assert (row.low, row.high) == pytest.approx((alone.low, alone.high), abs=1e-6)


def test_copies_are_not_told_apart_and_have_no_lead(study):
    names = made(study, one=GOOD, copy=GOOD)
    board = compare("shapes", names, resamples=300)
    assert board.table["verdict"].tolist() == ["first", "not told apart"]
    assert board.pairs["difference"].iloc[0] == 0 and board.pairs["p"].iloc[0] == 1


@pytest.mark.parametrize("primary", ["average-precision-50", "detection-f1"])
def test_other_metrics_rank_as_their_evaluation_has_it(study, primary):
    board = compare("shapes", made(study, one=GOOD, other=BAD), primary, resamples=300)
    values = {name: evaluated(study, name).metrics[primary].value for name in ("one", "other")}
    assert board.table.set_index("candidate")["value"].to_dict() == pytest.approx(values)


def test_the_answer_counts_objects_and_false_alarms(study):
    board = compare("shapes", made(study, one=GOOD, other=BAD), resamples=300)
    assert "objects" in board.answer[0] and "false alarm" in board.answer[0]
    assert "test images" in board.answer[0] and " items" not in board.recommendation
    leaderboard.save(board)
    assert Leaderboard.read("shapes").winner == "one"


def test_a_detector_without_boxes_on_validation_has_no_operating_point(study):
    blind = found_boxes(study)
    detected(study, "blind", blind[blind["split"] == "test"])
    evaluated(study, "blind")
    names = [*made(study, one=GOOD), "blind"]
    assert len(compare("shapes", names, resamples=300).table) == 2
    with pytest.raises(UserError, match="blind found no boxes in validation"):
        compare("shapes", names, "detection-f1", resamples=300)


@pytest.mark.slow
def test_groups_are_resampled_where_there_are_enough(repository):
    study = detection_study(repository, images=60)
    file = paths.build("shapes") / "splits.parquet"
    groups = [f"site {number % 7}" for number in range(len(study.frame))]
    files.write_parquet(file, study.frame.assign(group=groups))
    board = compare("shapes", made(study, one=GOOD, other=BAD), resamples=300)
    assert board.groups == 7
    files.write_parquet(file, study.frame.assign(group=[f"site {n % 3}" for n in range(60)]))
    few = compare("shapes", made(study, one=GOOD, other=BAD), resamples=300)
    assert few.groups is None and any("nothing is said of other groups" in d for d in few.details)


def test_resamples_are_shared_and_spread_as_far_as_a_bootstrap(study):
    made(study, one=GOOD, copy=GOOD)
    drawn = Resampling(1000, 3)
    one, copy = (
        metrics.match(detected_boxes.read("shapes", name).table) for name in ("one", "copy")
    )
    for name in ("average-precision-50", "detection-f1"):
        estimate, samples = metrics.resampled(one, name, drawn, 0.3)
        assert (metrics.resampled(copy, name, drawn, 0.3)[1] == samples).all()
        weights = drawn.weights(one.table.images).T
        theirs = metrics.values(one, [name], weights, 0.3)[name]
        assert samples.std() == pytest.approx(theirs.std(), rel=0.4)
        assert estimate.low < np.median(samples) < estimate.high


def test_bad_requests_are_refused(study):
    with pytest.raises(UserError, match="no candidate"):
        compare("shapes", [])
    with pytest.raises(UserError, match="macro-f1"):
        compare("shapes", made(study, one=GOOD), "macro-f1")


@pytest.mark.filterwarnings("error")
def test_without_an_object_no_candidate_has_a_value(study):
    file = paths.build("shapes") / "boxes.parquet"
    files.write_parquet(file, pd.read_parquet(file).assign(ignored=True))
    board = compare("shapes", made(study, one=GOOD, other=BAD), resamples=300)
    assert board.table["value"].isna().all() and board.table["low"].isna().all()


def test_what_the_data_says_of_rare_classes_is_said_once(repository):
    study = detection_study(repository, images=12)
    board = compare("shapes", made(study, one=GOOD), resamples=300)
    assert sum("circle (" in line for line in board.details) == 1
