"""Boxes of a study's images: baselines, detectors as they come, a head, files of others."""

from dataclasses import replace

import keras
import numpy as np
import pandas as pd
import pytest
from factories.detection import CLASSES, detection_study

from helpers.config.candidates import expand
from helpers.core import paths
from helpers.core.columns import DETECTIONS
from helpers.core.errors import UserError
from helpers.core.records.training import Training
from helpers.models import detection as detectors
from helpers.models.detection import Detections, Detector, DetectorCard
from helpers.training import detection
from helpers.training.detection_results import DetectionRequest

ROBUSTNESS = {"noises": ["dark"], "severities": [0.5], "items": 20}


@pytest.fixture
def study(repository):
    return detection_study(repository)


def request(study, adaptation, model, **options):
    return DetectionRequest(study, "made", adaptation, model, options, seed=3)


def hits(study, table, least=0.5):
    """Return the share of true test boxes that the best boxes found hit, class and all."""
    ids = study.frame["id"][study.frame["split"] == "test"]
    truth = study.boxes[study.boxes["id"].isin(ids)]
    pairs = truth.merge(table, on=["id", "label"], suffixes=("", "_found"))
    low = np.maximum(pairs[["x", "y"]], pairs[["x_found", "y_found"]].to_numpy())
    ends = [pairs[["x" + s, "y" + s]].to_numpy() + pairs[["width" + s, "height" + s]].to_numpy()
            for s in ("", "_found")]  # fmt: skip
    common = np.clip(np.minimum(*ends) - low.to_numpy(), 0, None).prod(axis=1)
    areas = [pairs[["width" + s, "height" + s]].prod(axis=1).to_numpy() for s in ("", "_found")]
    right = pairs[(common / (sum(areas) - common) >= least) & (pairs["score"] > 0.2)]
    return len(right.drop_duplicates(["id", "x", "y"])) / len(truth)


@pytest.mark.parametrize("name", ["mean-boxes", "connected-components", "local-maxima"])
def test_a_baseline_finds_boxes_in_their_images(study, name):
    found = detection.detect(request(study, "baseline", name), ROBUSTNESS)
    table = found.table
    assert list(table) == list(DETECTIONS) and set(table["split"]) == {"test", "validation"}
    assert set(table["label"]) <= set(CLASSES) and table["score"].between(0, 1).all()
    assert (table[["x", "y"]] >= 0).all(axis=None)
    assert (table["x"] + table["width"] <= 96 + 1e-6).all() and (table["width"] > 0).all()
    within = table.groupby(["split", "id"], sort=False)["score"]
    assert within.apply(lambda each: each.is_monotonic_decreasing).all()
    blocks = found.conditions.groupby("noise")["id"].unique()
    assert set(blocks[""]) == set(blocks["dark"]) and list(blocks.index) == ["", "dark"]


def test_a_line_of_text_is_one_at_ordinary_gaps_and_columns_are_two(study):
    """Words of an x-height of 10, as far apart as justified lines have them; a second column."""
    from helpers.training import detection_baselines

    page = np.full((120, 600, 3), 255, np.uint8)
    for top in (20, 60, 100):
        for start in (10, 330):
            for word in range(5):
                left = start + 46 * word
                for letter in range(4):
                    x = left + 7 * letter
                    page[top : top + 10, x : x + 5] = 0  # words are 20 apart, letters 2
    made = detection_baselines.connected_components(
        request(study, "baseline", "connected-components")
    )
    found = made.detector.detect(page)
    assert len(found.boxes) == 6 and set(found.boxes[:, 0]) == {10.0, 330.0}
    assert np.allclose(found.boxes[:, 2:], [46 * 4 + 26, 10])


def seeing(study, classes, called):
    """Make a detector that knows where everything is; ``called`` are its names of the shapes."""
    pixels = {study.example(row).tobytes(): name for row, name in enumerate(study.frame["id"])}

    def detect(image):
        name = pixels.get(np.asarray(image).tobytes())
        own = study.boxes[study.boxes["id"] == name]
        codes = [classes.index(called[label]) for label in own["label"]]
        sides = own[["x", "y", "width", "height"]].to_numpy(float)
        return Detections(sides, np.full(len(own), 0.9), np.array(codes, np.int64))

    def load(threads):
        return Detector("seeing", tuple(classes), detect, "made", parameters=5)

    return DetectorCard("seeing", "none", "anything", tuple(classes), {"seeing": 1}, load)


def test_a_detector_is_believed_in_the_classes_that_it_can_name(study, monkeypatch):
    classes = ["Circle", "box", "toaster"]
    card = seeing(study, classes, {"circle": "Circle", "square": "box", "triangle": "toaster"})
    monkeypatch.setattr(detectors, "describe", lambda *_: card)
    found = detection.detect(request(study, "zeroshot", "seeing", classes={"box": "square"}))
    assert set(found.table["label"]) == {"circle", "square"}
    assert found.facts["class_map"] == "Circle → circle, box → square"
    assert found.facts["cannot_name"] == "triangle" and "toaster" in found.facts["drops"]
    test = study.boxes["id"].isin(study.frame["id"][study.frame["split"] == "test"])
    share = (study.boxes["label"][test] == "triangle").mean()
    assert f"{share:.0%}" in found.doubts[0] and "triangle" in found.doubts[0]
    detection.save(found)
    record = Training.read("shapes", "made")
    assert record.cautions == found.doubts and record.cost.parameters == 5
    assert len(pd.read_parquet(paths.build("shapes", "made") / "conditions.parquet")) == 0
    assert found.doubts[0] in detection.sentences(found)
    pictures, captions = detection.first(found, lambda image, truth, boxes: image)
    assert len(pictures) == len(captions) == detection.EXAMPLES


@pytest.mark.parametrize(
    ("classes", "declared", "message"),
    [
        (["cat"], {}, "can name none of circle, square, triangle"),
        (["circle", "box"], {"bex": "square"}, "the detector 'bex'; did you mean 'box'"),
        (["circle", "box"], {"box": "sqare"}, "the study 'sqare'; did you mean 'square'"),
        (["circle", "box"], {"square": "box"}, r"class comes first: \{box: square\}"),
        (["circle", "box"], {"box": "square", "Box": "circle"}, "'Box' is mapped twice"),
    ],
)
def test_classes_that_cannot_be_mapped_are_refused_by_name(
    study, monkeypatch, classes, declared, message
):
    card = seeing(study, classes, {})
    monkeypatch.setattr(detectors, "describe", lambda *_: card)
    with pytest.raises(UserError, match=message):
        detection.detect(request(study, "zeroshot", "seeing", classes=declared))


def test_one_object_under_two_of_a_detectors_names_is_found_once(study, monkeypatch):
    def twice(image):
        boxes = np.array([[1.0, 1, 30, 30], [1, 1, 30, 31], [50, 50, 20, 20]])
        return Detections(boxes, np.array([0.9, 0.8, 0.7]), np.array([0, 1, 1]))

    load = lambda threads: Detector("two", ("car", "truck"), twice, "made")  # noqa: E731
    card = DetectorCard("two", "none", "anything", ("car", "truck"), {}, load)
    monkeypatch.setattr(detectors, "describe", lambda *_: card)
    declared = {"car": "square", "truck": "square"}
    found = detection.detect(request(study, "zeroshot", "two", classes=declared))
    assert (found.table.groupby("id").size() == 2).all()


@pytest.fixture
def tiny(repository):
    """Save a small network with maps at strides 8 and 16, of random weights."""
    keras.utils.set_random_seed(0)
    x = inputs = keras.Input((96, 96, 3))
    x = keras.layers.Rescaling(1 / 127.5, -1)(x)
    for number, filters in enumerate((12, 16, 24, 32)):
        x = keras.layers.Conv2D(filters, 3, strides=2, padding="same", name=f"block{number}")(x)
        x = keras.layers.BatchNormalization(name=f"norm{number}")(keras.layers.ReLU()(x))
    network = keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(x))
    network.save(repository / "tiny.keras")
    return "file:tiny.keras"


def options(adaptation, **given):
    [made] = expand([{adaptation: {"model": "file:tiny.keras", **given}}], "s", "object-detection")
    return made.options


@pytest.mark.slow
def test_a_head_learns_coloured_shapes_and_is_trained_once(repository, tiny):
    study = detection_study(repository, images=90)
    own = options("probe", image_size=96, epochs=30, rate=0.01)
    found = detection.detect(request(study, "probe", tiny, **own))
    assert hits(study, found.table) > 0.5
    best = found.history["validation"].idxmax()
    assert found.chosen == {"epoch": best} and found.history["epoch"].iloc[0] == 0
    assert found.facts["maps"] == "12x12, 6x6" and found.cost.fit_seconds > 0
    again = detection.detect(request(study, "probe", tiny, **own))
    pd.testing.assert_frame_equal(again.table, found.table)
    assert again.history.equals(found.history)


@pytest.mark.slow
def test_a_network_is_tuned_above_a_layer_or_trained_from_nothing(study, tiny):
    own = options("finetune", image_size=96, epochs=1, above="block2", rate=0.01)
    found = detection.detect(request(study, "finetune", tiny, **own))
    phases = found.history["phase"]
    assert list(phases[-2:]) == ["whole", "whole"] and set(phases) == {"head", "whole"}
    assert found.chosen["epoch"] >= phases.tolist().index("whole")
    own = options("scratch", image_size=96, epochs=1)
    found = detection.detect(request(study, "scratch", tiny, **own))
    assert set(found.history["phase"]) == {"whole"} and len(found.history) == 2


@pytest.mark.slow
def test_a_budget_of_time_stops_a_training_and_says_so(study, tiny):
    ticks = iter(range(0, 100_000, 4))
    own = options("probe", image_size=96, time_budget=40)
    made = DetectionRequest(study, "made", "probe", tiny, own, 3, None, lambda: next(ticks))
    found = detection.detect(made)
    assert 0 < len(found.history) < 9 and "time_budget" in found.warnings[0]


def test_a_detector_needs_boxes_to_learn_from(study, tiny):
    study = replace(study, items=replace(study.items, boxes=study.boxes.iloc[:0]))
    with pytest.raises(UserError, match="the train split has no box"):
        detection.detect(request(study, "probe", tiny, **options("probe", image_size=96)))
    with pytest.raises(UserError, match="mean-boxes needs a train split with boxes"):
        detection.detect(request(study, "baseline", "mean-boxes"))
