"""The engine: the network's own numbers, whatever runs beside a picture."""

import keras
import numpy as np
import pytest
from factories.dataset import made_dataset

from helpers import models
from helpers.data.image.resizing import resize
from helpers.models.inference import images, openvino


@pytest.fixture(scope="module")
def network():
    """Give an EfficientNet-Lite0 of small pictures; what a layer does shows without training."""
    return models.load("scratch:efficientnet-lite0", size=64, seed=1).network


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(0).integers(0, 256, (24, 64, 64, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def outputs(network, pictures):
    return images.compile(network).run(pictures.__getitem__, range(24))


def test_openvino_runs_the_network_on_every_python(network):
    """Had it not been converted, Keras would run it: other last digits, at half the speed."""
    assert images.compile(network).name == openvino.planned()


def test_features_are_those_of_keras_in_single_precision(network, pictures, outputs):
    expected = network(pictures.astype(np.float32), training=False).numpy()
    assert outputs.dtype == np.float32 and outputs.shape == (24, 1280)
    assert np.abs(outputs - expected).max() <= 2e-5 * np.abs(expected).max()


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_neighbours_and_threads_change_no_bit(network, pictures, outputs, threads):
    running = images.compile(network, threads)
    assert running.run(pictures.__getitem__, range(24)).tobytes() == outputs.tobytes()
    some = [17, 3, 3, 20]
    assert running.run(pictures.__getitem__, some).tobytes() == outputs[some].tobytes()
    alone = running.run(pictures.__getitem__, [5])
    assert alone.tobytes() == outputs[5:6].tobytes()


@pytest.mark.slow
def test_pictures_of_any_size_are_scaled(network):
    wide = np.random.default_rng(1).integers(0, 256, (90, 40, 3)).astype(np.uint8)
    expected = network(resize(wide, 64)[None].astype(np.float32), training=False).numpy()
    assert np.allclose(images.compile(network).run(lambda _: wide, [0]), expected, atol=1e-4)


def test_what_cannot_be_converted_runs_in_keras(monkeypatch, network, pictures, outputs):
    monkeypatch.setattr(openvino, "_openvino", lambda *_: 1 / 0)
    running = images.compile(network)
    assert running.name == f"keras {keras.__version__} float32"
    assert np.allclose(running.run(pictures.__getitem__, range(24)), outputs, atol=1e-3)


def test_a_picture_that_cannot_be_read_ends_the_run(network):
    data = made_dataset(items=6, side=64)

    def read(position):
        if position == 4:
            raise OSError("gone")
        return data.example(position)

    with pytest.raises(OSError, match="gone"):
        images.compile(network).run(read, range(6))
