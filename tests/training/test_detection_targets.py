"""What a head is to say of an image, and that the same boxes are read back from it."""

import keras
import numpy as np
import pandas as pd
import pytest

from helpers.core.errors import UserError
from helpers.models.image import layers
from helpers.models.kinds import ModelSpec
from helpers.training import detection_targets

BOXES = [(10, 20, 60, 30, False), (150, 40, 12, 70, False), (100, 100, 80, 80, True)]
SHAPE, CELLS = (160, 200, 3), 20


@pytest.fixture
def wanted():
    boxes = pd.DataFrame(BOXES, columns=["x", "y", "width", "height", "ignored"])
    return detection_targets.of_image(boxes, np.array([0, 1, 1]), SHAPE, CELLS, 2)


def test_a_head_that_says_what_is_wanted_gives_the_boxes_back(wanted):
    heat = np.clip(wanted[..., :2].astype(float), 1e-4, 1 - 1e-4)
    output = np.concatenate([np.log(heat / (1 - heat)), wanted[..., 2:6]], axis=-1)
    found = detection_targets.boxes_in(
        output.astype(np.float32), np.zeros(SHAPE, np.uint8), ModelSpec("", score=0.5)
    )
    assert found.classes.tolist() == [0, 1] and (found.scores > 0.99).all()
    np.testing.assert_allclose(found.boxes, [box[:4] for box in BOXES[:2]], atol=0.5)


def test_heat_in_a_box_that_is_ignored_is_no_error(wanted):
    counted = wanted[..., -1]
    assert (counted[13:22, 10:18][:7] == 0).all() and counted[:12].all()
    assert (wanted[..., :2] == 1).sum() == 2


def test_maps_are_the_deepest_at_each_stride():
    x = inputs = keras.Input((64, 64, 3))
    for number in range(4):
        x = keras.layers.Conv2D(4 + number, 3, strides=2, padding="same")(x)
        x = keras.layers.Add(name=f"sum{number}")([x, keras.layers.ReLU()(x)])
        x = keras.layers.Conv2D(32, 1)(x)
    network = keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(x))
    maps = layers.maps(network, (8, 16, 32), "made")
    assert [each.shape[1:] for each in maps.outputs] == [(8, 8, 6), (4, 4, 7)]
    outer = keras.Input((64, 64, 3))
    nested = keras.Model(outer, network(keras.layers.Rescaling(1 / 255)(outer)))
    assert [each.shape[-1] for each in layers.maps(nested, (8, 16), "made").outputs] == [6, 7]
    with pytest.raises(UserError, match="has no map at a stride of 32"):
        layers.maps(network, (32,), "made")
