"""Images to features: our engine beside other ways, and the machine's limit."""

import os
from collections.abc import Callable
from functools import partial
from typing import cast

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from helpers import models
from helpers.benchmark import timing
from helpers.core import cost
from helpers.core.errors import UserError
from helpers.data import sources
from helpers.data.image.resizing import resize
from helpers.models.image.backbone import Backbone
from helpers.models.inference import images

SIDE = 2048  # rows and columns of the square matrices that are multiplied


def decoded(source: str, size: int, count: int) -> tuple[Callable[[int], np.ndarray], np.ndarray]:
    """Return a function that decodes an image of a data set, and the images: uint8 [N, S, S, 3]."""
    items = sources.load(source, limit=count)
    rows = range(len(items.frame))
    return items.read, np.stack([resize(items.read(row), size) for row in rows])


def compare(
    backbone: Backbone, read: Callable[[int], np.ndarray], pixels: np.ndarray, repeats: int
) -> pd.DataFrame:
    """Time our engine, ``predict`` at its best batch and a plain loop, from files and in memory."""
    network, count = backbone.network, len(pixels)
    running, plain = images.compile(network), images.compile(network, 1).compiled.worker()
    batch = timing.best_batch(network, pixels)
    predict = partial(network.predict, batch_size=batch, verbose=0)

    def decode() -> np.ndarray:
        return np.stack([resize(read(row), backbone.size) for row in range(count)])

    ways: dict[str, Callable[[], object]] = {
        "our engine": lambda: running.run(read, range(count)),
        f"keras.Model.predict, batch {batch}": lambda: predict(decode()),
        "OpenVINO, plain loop": lambda: [plain(image[None]) for image in decode()],
        "our engine, in memory": lambda: running.run(pixels.__getitem__, range(count)),
        f"keras.Model.predict, batch {batch}, in memory": lambda: predict(pixels),
        "OpenVINO, plain loop, in memory": lambda: [plain(image[None]) for image in pixels],
    }
    return timing.interleaved(ways, repeats)


def matrix_limit(gflops: float, repeats: int = 5) -> float:
    """Return images a second, at ``gflops`` each, if the machine only multiplied matrices."""
    a = np.random.default_rng(0).random((SIDE, SIDE), np.float32)
    seconds, cores = [], len(os.sched_getaffinity(0))
    with threadpool_limits(cores):  # a notebook's kernel is limited to one core
        for _ in range(repeats):
            with cost.Stopwatch() as watch:
                a @ a
            seconds.append(watch.seconds)
    return 2 * SIDE**3 / 1e9 / min(seconds) / gflops


def sentences(rates: pd.DataFrame) -> list[str]:
    """Compare our engine with ``predict``: from files, and in memory."""
    medians, lines = rates.set_index("way")["median"], []
    keras = [way for way in medians.index if way.startswith("keras")]
    for end, theirs in zip(("", ", in memory"), keras, strict=True):
        ratio = medians[f"our engine{end}"] / medians[theirs]
        lines.append(f"Our engine{end} is {ratio:.2f} times as fast as {theirs}.")
    return lines


def load(name: str) -> tuple[Backbone, float]:
    """Load a model, and count the billions of operations of one image."""
    backbone = cast(Backbone, models.load(name))
    gflops = cost.gflops(backbone.network, backbone.network.input_shape[1:])
    if gflops is None:
        raise UserError(f"{name}: TensorFlow's profiler cannot count its operations")
    return backbone, gflops
