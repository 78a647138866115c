"""The engine that a study or the machine chooses, on devices that are made up."""

import subprocess
import sys

import keras
import numpy as np
import pytest

from helpers.core.errors import UserError
from helpers.models.inference import batches, devices, engines, images, openvino, texts

GPU = devices.Device("NVIDIA H100", lambda: 80e9)


@pytest.fixture(autouse=True)
def usual():
    yield
    devices.use()


@pytest.fixture
def gpu(monkeypatch):
    """Let the machine have a GPU that both libraries reach."""
    monkeypatch.setattr(devices, "_gpu", lambda: GPU)
    monkeypatch.setattr(devices, "_reaches", lambda library: library in ("tensorflow", "torch"))


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(0)
    given = keras.Input((8, 8, 3))
    inner = keras.Sequential([keras.layers.Conv2D(4, 3), keras.layers.BatchNormalization()])
    scaled = keras.layers.Rescaling(1 / 255)(given)
    return keras.Model(given, keras.layers.GlobalAveragePooling2D()(inner(scaled)))


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(0).integers(0, 256, (11, 8, 8, 3)).astype(np.uint8)


def test_a_machine_without_a_gpu_runs_openvino_on_the_processor(monkeypatch):
    monkeypatch.setattr(devices, "_gpu", lambda: None)
    assert devices.engine("keras") == "openvino" and devices.engine("torch") == "torch"
    assert engines.planned() == openvino.planned() and devices.of(engines.planned()) == "CPU"
    assert devices.of(None) == devices.of(texts.planned()) == "CPU"


def test_a_gpu_is_taken_named_and_part_of_the_key(gpu):
    assert devices.engine("keras") == "tensorflow" and devices.engine("onnx") == "openvino"
    name = engines.planned()
    assert name.startswith("tensorflow") and name.endswith("float32 on NVIDIA H100")
    assert devices.of(name) == devices.of(texts.planned()) == "NVIDIA H100"
    devices.use("openvino")
    assert devices.of(engines.planned()) == "CPU"


def test_an_engine_that_cannot_run_a_network_is_refused():
    devices.use("torch")
    with pytest.raises(UserError, match="torch: keras networks run by openvino or tensorflow"):
        engines.planned()
    devices.use("tensorflow")
    with pytest.raises(UserError, match="onnx networks"):
        engines.planned("onnx")


@pytest.mark.parametrize("most", [1, 4, 256])
def test_tensorflow_gives_openvinos_features_in_batches(network, pictures, monkeypatch, most):
    expected = images.compile(network).run(pictures.__getitem__, range(11))
    devices.use("tensorflow")
    monkeypatch.setattr(batches, "MOST", most)
    running = images.compile(network)
    assert running.name.startswith("tensorflow") and running.compiled.batch == most
    found = running.run(pictures.__getitem__, [*range(11)])
    assert np.abs(found - expected).max() < 1e-5 and found.dtype == np.float32


@pytest.mark.parametrize("engine", ["tensorflow", "openvino"])
def test_bf16_is_declared_and_changes_little(network, pictures, engine):
    exact = images.compile(network).run(pictures.__getitem__, range(11))
    devices.use(engine, "bf16")
    try:
        running = images.compile(network)
    except UserError as error:  # of an older processor
        pytest.skip(str(error))
    lower = running.run(pictures.__getitem__, range(11))
    assert " bf16" in running.name and lower.dtype == np.float32
    assert 1e-6 < np.abs(lower - exact).max() < 0.05
    with devices.exactly():
        again = images.compile(network).run(pictures.__getitem__, range(11))
    assert np.abs(again - exact).max() < 1e-5 and devices.precision() == "bf16"


def test_batches_are_those_that_half_of_the_memory_holds(network):
    sizes = [batches.size(network, devices.Device("made", lambda b=b: b)) for b in (1, 2e5, 1e12)]
    assert sizes[0] == 1 < sizes[1] < sizes[2] == batches.MOST


class ResourceExhaustedError(Exception):
    """Stands in for TensorFlow's."""


@pytest.mark.parametrize("error", [ResourceExhaustedError, MemoryError])
def test_out_of_memory_halves_the_batch_and_goes_on(error):
    sizes = []

    def infer(part):
        sizes.append(len(part))
        if len(part) > 3:
            raise error("out of memory")
        return 2 * part

    run = batches.Halving(infer, 8, "a device")
    given = np.arange(20).reshape(10, 2)
    assert (run(given) == 2 * given).all() and run.most == 2
    assert sizes[:3] == [8, 4, 2] and max(sizes[2:]) == 2


def test_what_no_memory_holds_is_one_line_and_other_errors_pass():
    def fails(kind):
        def infer(part):
            raise kind("no")

        return infer

    with pytest.raises(UserError, match="does not hold one item"):
        batches.Halving(fails(MemoryError), 4, "a device")(np.zeros((4, 2)))
    with pytest.raises(ZeroDivisionError):
        batches.Halving(fails(ZeroDivisionError), 4, "a device")(np.zeros((4, 2)))


def test_openvino_reports_nothing_to_its_makers():
    command = "import helpers, openvino, sys; print(sys.modules['openvino_telemetry'])"
    told = subprocess.check_output([sys.executable, "-c", command], text=True)
    assert told.strip() == "None"
