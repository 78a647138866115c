"""Backbones learn from train items alone, give the same bytes twice, and fail in one line."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from factories.dataset import made_dataset, positions
from factories.parameters import first
from PIL import Image

from helpers import models
from helpers.config import pretraining
from helpers.core import paths
from helpers.core.errors import UserError
from helpers.training import fit, learning_curve
from helpers.training.pretraining import autoencoder, run
from helpers.training.results import AdaptationRequest

PROBE = {"weights": None, "image_size": None, "class_weight": None, "regularisation": [0.1, 1.0]}
NAME = "pretrained:tiny/autoencoder"


def asked(method="autoencoder", **options):
    values = {"method": method, "image_size": 16, "epochs": 2, "batch_size": 32} | options
    [backbone] = pretraining.parse(values, "params/tiny.yaml", "image-classification")
    return backbone


def poisoned(data, side):
    """Replace the pictures of one side by white."""
    rows = set(positions(data, side).tolist())
    white = np.full((16, 16, 3), 255, np.uint8)
    read = data.items.raw
    return replace(
        data, items=replace(data.items, raw=lambda row: white if row in rows else read(row))
    )


@pytest.fixture(scope="module")
def data():
    return made_dataset()


@pytest.mark.parametrize("method", first(pretraining.METHODS))
def test_the_test_items_have_no_part_unless_transductive(repository, data, method):
    """Two runs give the same bytes, whatever the test items are; train items do matter."""
    plain = run.pretrain(data, asked(method))
    again = run.pretrain(poisoned(data, "test"), asked(method))
    assert plain.record.digest == again.record.digest
    assert [row.validation for row in plain.record.history] == [
        row.validation for row in again.record.history
    ]
    assert plain.record.items == len(positions(data, "train")) and not plain.record.transductive
    assert run.pretrain(poisoned(data, "train"), asked(method)).record.digest != again.record.digest
    rows = plain.pictures.values()
    assert all(each.dtype == np.uint8 and each.shape == (8, 16, 16, 3) for each in rows)


@pytest.mark.slow
def test_transductive_learns_from_the_test_items_and_says_so(repository, data):
    seen = run.pretrain(data, asked(transductive=True))
    other = run.pretrain(poisoned(data, "test"), asked(transductive=True))
    assert seen.record.digest != other.record.digest
    assert seen.record.items == sum(len(positions(data, side)) for side in ("train", "test"))
    assert "transductive" in seen.record.doubts[0]


def test_the_backbone_is_one_like_any_other(repository, data):
    made = run.pretrain(data, asked())
    run.save("tiny", [made])
    loaded = models.load(NAME)
    for ours, theirs in zip(loaded.network.get_weights(), made.weights, strict=True):
        assert np.array_equal(ours, theirs)
    scratch = models.load(NAME, "none", seed=3)
    assert not np.array_equal(scratch.network.get_weights()[0], made.weights[0])
    assert models.load(f"{NAME}@block2").dimension == 64
    trained = fit.fit(AdaptationRequest(data, NAME, PROBE, "accuracy", 0), "probe-a", "probe")
    assert len(fit.predict(trained).table) and trained.result.doubts == made.record.doubts
    assert "pretrained on the items" in learning_curve.measure(big(trained)).reason


def big(trained):
    """Ask for a learning curve as if there were items enough."""
    rows = np.resize(trained.request.splits.both, 300)
    splits = replace(trained.request.splits, train=rows, validation=rows[:0])
    trained.request.__dict__["splits"] = splits
    return trained


def test_changed_weights_and_another_size_are_refused(repository, data):
    with pytest.raises(UserError, match="run the notebook 0-pretrain first"):
        models.load(NAME)
    run.save("tiny", [run.pretrain(data, asked(epochs=1))])
    with pytest.raises(UserError, match="16 pixels"):
        models.load(NAME, size=32)
    with pytest.raises(UserError, match="autoencoder"):
        models.load("pretrained:tiny/autoencodr")
    run.save("tiny", [])
    with pytest.raises(UserError, match="unknown backbone"):
        models.load(NAME)
    run.save("tiny", [run.pretrain(data, asked(epochs=1))])
    (paths.build("tiny") / "backbones.npz").write_bytes(b"no archive")
    with pytest.raises(UserError, match="0-pretrain again"):
        models.load(NAME)


def test_a_loss_that_is_no_number_stops_with_one_line(repository, data, monkeypatch):
    monkeypatch.setattr(autoencoder, "NOISE", np.nan)
    with pytest.raises(UserError, match="tiny: pretrain: autoencoder: .*epoch 1: lower the rate"):
        run.pretrain(data, asked())


@pytest.mark.parametrize("side", ["train", "validation"])
def test_without_items_there_is_one_line(repository, data, side):
    frame = data.frame.assign(split=data.frame["split"].replace({side: "unused"}))
    with pytest.raises(UserError, match="0 item"):
        run.pretrain(replace(data, frame=frame), asked())


@pytest.mark.slow
def test_the_time_budget_ends_it_and_is_said(repository, data, monkeypatch):
    monkeypatch.setattr(run, "clock", partial(next, iter(range(1000))))
    made = run.pretrain(data, asked(epochs=50, time_budget=4))
    monkeypatch.undo()
    assert 0 < len(made.record.history) < 50
    assert "time_budget: 4 s" in made.record.warnings[0]
    assert not run.pretrain(data, asked(time_budget=900)).record.warnings


def test_the_epoch_of_the_lowest_loss_is_kept(repository, data):
    record = run.pretrain(data, asked(epochs=4)).record
    losses = [row.validation for row in record.history]
    assert losses[record.kept - 1] == min(losses) and losses[-1] < losses[0]


def test_items_of_another_source_are_learned_from_in_place_of_train(repository, data):
    """Copies of validation and test items have no part; what is of groups there is said."""
    folder = repository / "photos"
    folder.mkdir()
    random = np.random.default_rng(3)
    for number in range(20):
        pixels = random.integers(0, 255, (16, 16, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    other = asked(data={"folder": {"path": "photos"}}, batch_size=8, epochs=1)
    plain = run.pretrain(data, other)
    assert (plain.record.items, plain.record.copies, plain.record.source) == (20, 0, "photos")
    for side in ("test", "validation"):
        pixels = data.example(int(positions(data, side)[0]))
        Image.fromarray(pixels).save(folder / f"{side}.png")
    again = run.pretrain(data, other)
    assert (again.record.items, again.record.copies) == (20, 2)
    assert plain.record.digest == again.record.digest
    assert run.pretrain(poisoned(data, "train"), other).record.digest == plain.record.digest
    grouped = replace(data, frame=data.frame.assign(group=data.frame["id"].str[:2]))
    assert not plain.record.doubts
    assert "groups" in run.pretrain(grouped, other).record.doubts[0]
