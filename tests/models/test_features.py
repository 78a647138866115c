"""Features are kept by all that decides them, and by nothing else."""

import subprocess
import sys

import numpy as np
import pytest
from factories.dataset import made_dataset

from helpers import models
from helpers.core import code_digest, paths, shards
from helpers.data.dataset import Dataset
from helpers.models import features
from helpers.models.inference import images, openvino
from helpers.models.text.word_vectors import MeanOfVectors

MODEL = ("scratch:efficientnet-lite0", None, 32, 7)


@pytest.fixture
def data():
    return made_dataset(items=12)


def test_features_are_computed_once(repository, data, monkeypatch):
    first = features.extract(data, *MODEL)
    monkeypatch.setattr(images, "compile", lambda *_: pytest.fail("computed again"))
    second = features.extract(data, *MODEL)
    assert not first.cached and second.cached
    assert first.values.tobytes() == second.values.tobytes()
    assert first.values.shape == (12, 1280) and first.values.dtype == np.float32
    assert second.backbone == first.backbone and second.seconds == first.seconds > 0
    assert second.backbone["size"] == 32 and second.backbone["gflops"] > 0
    assert second.backbone["engine"] == openvino.planned()


def test_each_ingredient_changes_the_key(repository, data, monkeypatch):
    card = models.describe(*MODEL)
    shuffled = data.frame.iloc[::-1].reset_index(drop=True)
    keys = [
        features.key(card, data),
        features.key(models.describe(*MODEL[:3], 8), data),
        features.key(models.describe(*MODEL[:2], 64, 7), data),
        features.key(models.describe("scratch:keras:ResNet50", None, 32, 7), data),
        features.key(card, made_dataset(items=12, seed=1)),
        features.key(card, Dataset(data.study, shuffled, data.classes, data.digest, data.items)),
    ]
    monkeypatch.setattr(openvino, "planned", lambda: "openvino 0 float32")
    keys.append(features.key(card, data))
    monkeypatch.undo()
    monkeypatch.setattr(code_digest, "of_module", lambda name: "edited")
    keys.append(features.key(card, data))
    assert len(set(keys)) == len(keys)


def test_the_split_and_the_labels_do_not_change_the_key(repository, data):
    before = features.key(models.describe(*MODEL), data)
    data.frame["split"], data.frame["label"] = "train", "dark"
    assert features.key(models.describe(*MODEL), data) == before


def test_a_damaged_file_is_computed_again(repository, data):
    first = features.extract(data, *MODEL)
    [file] = paths.cache("features").glob("*")
    for content in (file.read_bytes()[:100], b""):
        file.write_bytes(content)
        again = features.extract(data, *MODEL)
        assert not again.cached and again.values.tobytes() == first.values.tobytes()
    assert features.extract(data, *MODEL).cached


@pytest.mark.slow
def test_kept_features_need_no_tensorflow(repository, data):
    features.extract(data, *MODEL)
    code = (
        "import sys; from factories.dataset import made_dataset;"
        "from helpers.models import features; from helpers.training import fit;"
        f"assert features.extract(made_dataset(items=12), *{MODEL}).cached;"
        "assert not {'tensorflow', 'keras', 'openvino'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=_environment())


def _environment():
    import os

    return os.environ | {"PYTHONPATH": ":".join(filter(None, sys.path))}


@pytest.mark.slow
def test_many_items_are_computed_in_shards_that_outlive_a_run_which_ends(
    repository, data, monkeypatch
):
    whole = features.extract(data, *MODEL)
    for file in paths.cache("features").glob("*"):
        file.unlink()
    monkeypatch.setattr(features, "LARGE", 6)
    monkeypatch.setattr(features, "SHARD", 5)
    ran, run = [], images.ImageEngine.run

    def ends_in_the_third(engine, read, positions, what=""):
        ran.append(positions)
        if len(ran) == 3:
            raise KeyboardInterrupt
        return run(engine, read, positions, what)

    monkeypatch.setattr(images.ImageEngine, "run", ends_in_the_third)
    with pytest.raises(KeyboardInterrupt):
        features.extract(data, *MODEL)
    assert len(list(paths.cache("shards").glob("*.entry"))) == 2
    again = features.extract(data, *MODEL)
    assert ran == [range(0, 5), range(5, 10), range(10, 12), range(10, 12)]
    assert again.values.tobytes() == whole.values.tobytes()
    assert again.backbone == whole.backbone and again.seconds > 0
    assert not list(paths.cache("shards").iterdir()) and features.extract(data, *MODEL).cached


def test_what_is_counted_in_shards_is_what_is_counted_at_once(repository):
    read = ["one two", "three unknown", "two", "nothing", "one"].__getitem__
    vectors = np.eye(3, dtype=np.float32)
    rows = {"one": 0, "two": 1, "three": 2}
    data = made_dataset(items=5)
    object.__setattr__(data, "example", read)
    at_once, in_shards = (MeanOfVectors(rows, vectors) for _ in range(2))
    values = at_once.run(read, range(5))
    blocks = shards.blocks(5, 2)
    parts = [(n, features._compute("made", data, blocks, in_shards, n)) for n in (2, 0, 1)]
    assert in_shards.seen == 0
    joined, _ = features._joined(parts, blocks, in_shards)
    assert np.array_equal(joined, values)
    assert (in_shards.seen, in_shards.unknown) == (at_once.seen, at_once.unknown) == (7, 2)
