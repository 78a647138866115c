"""Speed of detectors: the same networks by our engine, by TensorFlow and by Keras."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from helpers import models
from helpers.benchmark import timing
from helpers.models.detection import single_shot
from helpers.models.image import layers
from helpers.models.inference import openvino
from helpers.models.kinds import ModelSpec

OURS, HEAD = "our engine", "head on {}"
CLASSES, SIDE = 24, 256  # of the head, which is trained in the study of objects


def ways(detector: str, backbone: str, count: int) -> dict[str, Callable[[], object]]:
    """Return ways to run a detector of COCO's classes, and a head on a backbone, on some images."""
    return _graph(detector, count) | _head(backbone, count)


def _graph(name: str, count: int) -> dict[str, Callable[[], object]]:
    import tensorflow as tf

    spec = ModelSpec(name)
    network = single_shot.NETWORKS[str(spec.archived()[0].family)]
    function, pixels = single_shot.traced(spec, network), _noise(count, network.size)
    compiled = openvino.compile_function(function, None, "tensorflow")
    tensors = [tf.constant(image[None]) for image in pixels]
    return {
        f"{name}: {OURS}": partial(_ours, compiled, pixels),
        f"{name}: TensorFlow": lambda: [function(each).numpy() for each in tensors],
    }


def _head(backbone: str, count: int) -> dict[str, Callable[[], object]]:
    import keras

    from helpers.training import detection_network

    network = models.load(backbone, None, SIDE).network
    maps, name = layers.maps(network, detection_network.STRIDES, backbone), HEAD.format(backbone)
    head = detection_network.head([each.shape[1:] for each in maps.outputs], CLASSES)
    whole, pixels = keras.Model(maps.input, head(maps.outputs)), _noise(count, SIDE)
    compiled = openvino.compile(whole, (1, SIDE, SIDE, 3), "uint8", "float32", None)
    batch = timing.best_batch(whole, pixels)
    predict = partial(whole.predict, pixels, batch_size=batch, verbose=0)
    return {
        f"{name}: {OURS}": partial(_ours, compiled, pixels),
        f"{name}: keras.Model.predict, batch {batch}": predict,
    }


def _noise(count: int, side: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, side, side, 3), np.uint8)


def _ours(compiled: openvino.Compiled, pixels: np.ndarray) -> list[Any]:
    """Run one image at a time on each core, as a study does."""
    jobs = compiled.side_by_side(lambda run, image: run(image[None]).copy(), pixels, compiled.cores)
    return list(jobs)


def sentences(rates: pd.DataFrame) -> list[str]:
    """Compare our engine with the others."""
    medians, lines = rates.set_index("way")["median"], []
    for way in medians.index:
        name, _, engine = way.partition(": ")
        if engine != OURS:
            ratio = medians[f"{name}: {OURS}"] / medians[way]
            lines.append(f"{name}: our engine is {ratio:.2f} times as fast as {engine}.")
    return lines
