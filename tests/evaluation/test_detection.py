"""The evaluation of found boxes, on made shapes and made errors."""

import numpy as np
import pandas as pd
import pytest
from factories.detection import CLASSES, detection_study
from factories.found_boxes import detected, evaluated, found_boxes
from factories.records import rewrite

from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.core.records.data import DataRecord
from helpers.core.records.detection_metrics import DetectionMetrics
from helpers.core.records.training import Training
from helpers.evaluation import detected_boxes, detection, detection_findings
from helpers.metrics.statistics.bootstrap import Resampling

PERFECT = {"missed": 0, "false": 0, "shift": 0, "confused": 0, "twice": 0}


@pytest.fixture
def study(repository):
    return detection_study(repository, images=60)


def said(result):
    return detection_findings.of_evaluation(result)


def changed(study, **columns):
    """Change columns of splits.parquet."""
    file = paths.build(study) / "splits.parquet"
    frame = pd.read_parquet(file)
    files.write_parquet(file, frame.assign(**{k: make(frame) for k, make in columns.items()}))


def test_a_perfect_detector_is_perfect_and_a_blind_one_finds_nothing(study):
    detected(study, "perfect", **PERFECT)
    result = evaluated(study, "perfect")
    assert result.metrics["mean-average-precision"].value == pytest.approx(1)
    assert result.metrics["false-positives-per-image"].value == 0
    assert np.trace(result.confusion) == result.objects == result.confusion.sum()
    assert not len(result.mistakes) and sum(result.errors.values()) == pytest.approx(0, abs=1e-9)
    assert any("all of the objects, without a false alarm" in line for line in said(result))
    detected(study, "blind", found_boxes(study).iloc[:0])
    blind = evaluated(study, "blind")
    assert blind.metrics["mean-average-precision"].value == 0 and blind.threshold is None
    assert blind.confusion[:-1, -1].sum() == blind.objects and blind.calibration is None
    assert set(blind.mistakes["kind"]) == {"missed"}
    assert any("0% of the objects at most" in line for line in said(blind))


def test_what_is_evaluated_is_written_and_read_back(study):
    detected(study, false=1.0)
    result = evaluated(study)
    record = DetectionMetrics.read("shapes", "made")
    assert record.threshold == result.threshold and record.classes == list(CLASSES)
    assert record.metrics["detection-f1"].value == result.metrics["detection-f1"].value
    assert sum(each.objects for each in record.per_class) == record.objects == result.objects
    assert np.array(record.confusion).shape == (4, 4)
    assert {each.column for each in record.slices} == {
        "objects_in_the_image",
        "size_of_its_objects",
    }


def test_the_threshold_is_that_of_validation_and_no_other(study):
    table = found_boxes(study, false=2.0)
    low = table.assign(score=table["score"].where(table["split"] == "test", table["score"] / 2))
    detected(study, "one", table)
    detected(study, "other", low)
    one, other = evaluated(study, "one"), evaluated(study, "other")
    assert other.threshold == pytest.approx(one.threshold / 2)
    assert other.metrics["mean-average-precision"] == one.metrics["mean-average-precision"]
    assert other.metrics["detection-recall"].value >= one.metrics["detection-recall"].value


def test_without_boxes_in_validation_there_is_no_threshold_and_it_is_said(study):
    table = found_boxes(study)
    detected(study, table=table[table["split"] == "test"])
    result = evaluated(study)
    assert result.threshold is None and "detection-f1" not in result.metrics
    assert any("No threshold is chosen" in line for line in said(result))
    assert DetectionMetrics.read("shapes", "made").threshold is None
    with pytest.raises(UserError, match="detection-f1: no boxes in validation images"):
        evaluated(study, primary="detection-f1")


def test_groups_are_resampled_if_they_are_enough_and_else_it_is_said(study):
    detected(study)
    assert "other images like these" in evaluated(study).resampled
    changed("shapes", group=lambda frame: [f"site {n % 2}" for n in range(len(frame))])
    few = evaluated(study)
    assert "only 2 groups" in few.resampled and "nothing is said of other groups" in few.resampled
    assert DetectionMetrics.read("shapes", "made").groups is None
    changed("shapes", group=lambda frame: [f"site {n // 2}" for n in range(len(frame))])
    many = evaluated(study)
    groups = many.boxes.images["group"].nunique()
    assert f"{groups} groups" in many.resampled
    assert DetectionMetrics.read("shapes", "made").groups == groups


def test_copies_are_resampled_together(study):
    detected(study)
    first = study.frame.loc[study.frame["split"] == "test", "id"].iloc[0]
    changed("shapes", copy_of=lambda frame: frame["split"].map({"test": first}))
    assert "copies of one together" in evaluated(study).resampled


def test_what_the_data_and_the_detector_lack_is_said(study):
    detected(study)
    rewrite(Training, "shapes", "made", doubts=["It cannot name triangle: 30% of the objects."])
    composed = {"code": "D521", "title": "Composed", "severity": "note", "count": 3, "detail": ""}
    composed["consequence"] = "The scenes are composed: scores on photographs may differ."
    few = composed | {"code": "D419", "consequence": "In the test there are fewer than 10 boxes."}
    rewrite(DataRecord, "shapes", checks=[composed, few], classes=[*CLASSES, "unicorn"])
    lines = said(evaluated(study))
    assert "It cannot name triangle: 30% of the objects." in lines
    assert composed["consequence"] in lines
    assert few["consequence"] in lines


def test_ignored_boxes_are_neither_found_nor_missed(study):
    file = paths.build("shapes") / "boxes.parquet"
    detected(study, **PERFECT)
    whole = evaluated(study)
    boxes = pd.read_parquet(file)
    files.write_parquet(file, boxes.assign(ignored=np.arange(len(boxes)) % 3 == 0))
    part = evaluated(study)
    assert part.objects < whole.objects and part.metrics["average-recall"].value == 1
    assert part.metrics["false-positives-per-image"].value == 0


WRONG = {
    "unknown image": ({"id": "elsewhere.png"}, "of unknown images, such as 'elsewhere.png'"),
    "another split": ({"split": "train"}, "images that are in another split now: run 2-train"),
    "unknown class": ({"label": "circel"}, "unknown class 'circel'; did you mean 'circle'"),
    "no number": ({"x": np.nan}, "row 0 has .*finite pixels"),
    "endless": ({"height": np.inf}, "finite pixels"),
    "negative": ({"width": -3.0}, "sizes from 0"),
    "percent": ({"score": 87.0}, "scores from 0 to 1"),
}


@pytest.mark.parametrize(("change", "message"), WRONG.values(), ids=WRONG)
def test_boxes_that_do_not_fit_the_data_get_one_line(study, change, message):
    table = found_boxes(study)
    table.loc[table.index[0], [*change]] = [*change.values()]
    detected(study, table=table)
    with pytest.raises(UserError, match=message) as answer:
        detected_boxes.read("shapes", "made")
    assert "\n" not in str(answer.value) and "build/shapes/made/predictions" in str(answer.value)


def test_missing_files_and_columns_get_one_line(study):
    with pytest.raises(UserError, match="predictions.parquet: no such file: run the stage before"):
        detected_boxes.read("shapes", "made")
    detected(study, table=found_boxes(study).drop(columns="width"))
    with pytest.raises(UserError, match="missing column.* width"):
        detected_boxes.read("shapes", "made")
    detected(study)
    with pytest.raises(UserError, match="unknown metric 'accuracy'"):
        detection.evaluate("shapes", "made", "accuracy")
    with pytest.raises(UserError, match="unknown slice 'sight'"):
        detection.evaluate("shapes", "made", slices=["sight"])
    changed("shapes", split=lambda frame: "train")
    with pytest.raises(UserError, match="the test split is empty"):
        detected_boxes.read("shapes", "made")


def test_a_truth_of_other_data_is_told(study):
    detected(study)
    rewrite(DataRecord, "shapes", classes=["circle", "square"])
    with pytest.raises(UserError, match="boxes.parquet: unknown class 'triangle'"):
        detected_boxes.read("shapes", "made")


def conditions(study, kept):
    """Search ten test images again: of what is found there, each noise leaves a share."""
    table = found_boxes(study, missed=0)
    ids = study.frame.loc[study.frame["split"] == "test", "id"].iloc[:10]
    clean = table[table["id"].isin(ids)]
    parts = [("", 0.0, clean)]
    parts += [
        (noise, 1.0, clean.sample(frac=share, random_state=1)) for noise, share in kept.items()
    ]
    nothing = {"label": "circle", "score": 0.0, "x": 0.0, "y": 0.0, "width": 0.0, "height": 0.0}
    rows = []
    for noise, severity, part in parts:
        empty = [
            {"id": each, "split": "test"} | nothing for each in ids if each not in set(part["id"])
        ]
        rows.append(pd.concat([part, pd.DataFrame(empty)]).assign(noise=noise, severity=severity))
    return table, pd.concat(rows, ignore_index=True)


def test_corrupted_images_are_compared_with_themselves_also_where_nothing_is_found(study):
    table, searched = conditions(study, {"blur": 0.0, "grain": 1.0})
    detected(study, table=table, conditions=searched)
    result = evaluated(study)
    worse = result.robustness.set_index(["noise", "severity"])
    assert (worse["n"] == 10).all() and worse.loc[("blur", 1.0), "value"] == 0
    assert worse.loc[("blur", 0.0), "value"] == worse.loc[("grain", 1.0), "value"] > 0
    assert worse["changed"].to_dict()[("grain", 1.0)] == 0
    assert worse.loc[("blur", 1.0), "changed"] >= 8
    assert any("most harmful corruption is blur" in line for line in said(result))


def test_scores_are_held_against_the_share_of_right_boxes(repository):
    data = detection_study(repository, images=150)
    table = found_boxes(data, missed=0, confused=0.5, twice=0)
    detected(data, "bold", table.assign(score=0.97 + 0.02 * table["score"]))
    result = evaluated(data, "bold")
    assert result.calibration.error.value > 0.2
    assert any("less often than their scores say" in line for line in said(result))
    detected(
        data,
        "honest",
        found_boxes(data, missed=0, confused=0, false=0, shift=0, twice=0).assign(score=1.0),
    )
    assert any("as often as they say" in line for line in said(evaluated(data, "honest")))


def test_the_same_seed_gives_the_same_numbers(study):
    detected(study)
    first, second = (
        detection.evaluate("shapes", "made", resampling=Resampling(200, 7)) for _ in "ab"
    )
    assert first.metrics == second.metrics
    pd.testing.assert_frame_equal(first.slices.gaps, second.slices.gaps)


@pytest.mark.filterwarnings("error")
def test_without_an_object_nothing_is_said_of_what_is_found(study):
    file = paths.build("shapes") / "boxes.parquet"
    files.write_parquet(file, pd.read_parquet(file).assign(ignored=True))
    detected(study, "one")
    result = evaluated(study, "one")
    assert result.objects == 0 and np.isnan(result.metrics["average-precision-50"].value)
    assert not any("% of the objects" in line for line in said(result))
