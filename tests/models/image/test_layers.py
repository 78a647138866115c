"""A network cut at a layer: its name, its features, the key they are kept by."""

import keras
import numpy as np
import pytest
from factories.dataset import made_dataset
from factories.parameters import first

from helpers import models
from helpers.catalogue import entries
from helpers.config.candidates import expand
from helpers.core.errors import UserError
from helpers.models import features
from helpers.models.image import efficientnet_lite
from helpers.models.image.imagenet_head import source_head as head_of
from helpers.models.kinds import ModelSpec

LITE = "scratch:efficientnet-lite0"


def test_a_name_with_an_at_ends_at_a_layer(repository):
    picture = np.random.default_rng(0).integers(0, 255, (1, 64, 64, 3)).astype(np.float32)
    whole = models.load(LITE, size=64, seed=1).network
    cut = models.load(f"{LITE}@block5", size=64, seed=1)
    inside = keras.Model(whole.input, whole.get_layer("block5c_add").output)
    expected = inside.predict(picture, verbose=0).mean(axis=(1, 2))
    assert np.allclose(cut.network.predict(picture, verbose=0), expected, atol=1e-5)
    assert cut.dimension == 112 and cut.parameters < models.load(LITE, size=64).parameters


def test_a_layer_inside_a_network_of_keras_is_found(repository):
    cut = models.load("keras:MobileNetV2@block_3", "none", 64)
    assert cut.dimension == 32  # block_13 starts alike and is not it
    assert cut.network.predict(np.zeros((2, 64, 64, 3)), verbose=0).shape == (2, 32)


@pytest.mark.parametrize(
    ("name", "layer"), first([(LITE, "block5"), ("keras:MobileNetV2", "block_3_project_BN")])
)
def test_a_network_is_parted_at_a_layer(repository, name, layer):
    pictures = np.random.default_rng(0).integers(0, 255, (3, 64, 64, 3)).astype(np.uint8)
    whole = models.load(name, "none", 64, seed=1)
    upper = whole.unfrozen({"above": layer, "augment": ("flip",)})
    maps = upper.inputs(pictures.__getitem__, range(3), "pictures")
    assert maps.ndim == 4 and upper.card.digest != whole.card.digest
    features = whole.network.predict(pictures, verbose=0)
    assert np.allclose(upper.network.predict(maps, verbose=0), features, atol=1e-4)
    running = upper.compile(upper.network)
    assert np.allclose(running.run(pictures.__getitem__, range(3)), features, atol=1e-4)
    both = upper.inputs(pictures.__getitem__, range(3), "pictures", ("flip",))
    mirrored = whole.network.predict(pictures[:, :, ::-1], verbose=0)
    assert np.allclose(upper.network.predict(both[1], verbose=0), mirrored, atol=1e-4)
    batch = upper.varied(both, ("flip",), np.random.default_rng(1))
    sides = [int(np.abs(batch[row] - both[1, row]).max() == 0) for row in range(3)]
    assert 0 < sum(sides) < 3
    assert all(np.array_equal(batch[row], both[side, row]) for row, side in enumerate(sides))


def test_a_network_is_not_split_where_a_connection_bypasses_the_layer(repository):
    with pytest.raises(UserError, match="at block5b_expand_activation"):
        models.load(LITE, size=64).unfrozen({"above": "block5b_expand_activation"})


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"model": "efficientnet-lite0", "above": "blok5"}, "above: .*did you mean 'block5'"),
        ({"model": "efficientnet-lite0", "above": "block5", "augment": ["crop"]}, "augment: crop"),
        ({"best": 1, "above": "blok5"}, "above: efficientnet-lite0: unknown layer 'blok5'"),
    ],
)
def test_a_fine_tune_above_a_layer_is_checked_before_anything_runs(repository, entry, said):
    with pytest.raises(UserError, match=said):
        expand([{"probe": "efficientnet-lite0"}, {"finetune": entry}], "study.yaml")


def test_the_layer_is_part_of_the_key(repository):
    data = made_dataset(items=5)
    names = [LITE, f"{LITE}@block4", f"{LITE}@block5"]
    keys = {features.key(models.describe(name), data) for name in names}
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("efficientnet-lite0@block5", ("efficientnet-lite0", "block5")),
        ("keras:ResNet50@conv4_block6_out", ("keras:ResNet50", "conv4_block6_out")),
        ("efficientnet-lite0", ("efficientnet-lite0", "")),
        ("file:at@home/model.keras", ("file:at@home/model.keras", "")),
        ("file:model@2.keras", ("file:model@2.keras", "")),
    ],
)
def test_a_path_may_hold_an_at(name, parts):
    assert entries.split_layer(name) == parts


def test_an_unknown_layer_is_answered_with_the_closest(repository):
    with pytest.raises(UserError, match="did you mean 'block5'"):
        expand([{"probe": "scratch:efficientnet-lite0@blok5"}], "study.yaml")
    with pytest.raises(UserError, match="unknown layer 'blok_3'.*did you mean"):
        models.load("keras:MobileNetV2@blok_3", "none", 64)


def test_a_candidate_of_a_layer_has_a_name_for_a_folder(repository):
    [made] = expand([{"probe": "efficientnet-lite0@block5"}], "study.yaml")
    assert made.name == "probe-efficientnet-lite0-block5"
    assert made.model == "efficientnet-lite0@block5"


def test_a_head_is_that_of_the_network(repository, monkeypatch):
    entry = entries.model("efficientnet-lite0")
    spec = ModelSpec("efficientnet-lite0", entry=entry, pretrained=False, size=64)
    network = efficientnet_lite.classifier(spec)
    matrix, bias = (np.array(each) for each in network.get_layer("logits").get_weights())
    tensors = {"a": np.zeros((3, 3)), "count": np.array(1), "w": matrix.T, "b": bias + 1}
    monkeypatch.setattr(
        efficientnet_lite, "checkpoint", lambda *_: ("made", list(tensors.values()))
    )
    ours, ours_bias = head_of("efficientnet-lite0")
    assert np.array_equal(ours, matrix) and np.array_equal(ours_bias, bias + 1)


HEADLESS = [LITE, "efficientnet-lite0@block5", "keras:ResNet50", "all-minilm-l6-v2", "glove-6b-50d"]


@pytest.mark.parametrize("name", HEADLESS)
def test_what_is_untrained_cut_or_no_classifier_has_no_head(repository, name):
    assert head_of(name) is None
