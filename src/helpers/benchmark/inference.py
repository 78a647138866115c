"""Images and texts to features: our engine beside other ways, and the machine's limit."""

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
from helpers.models.inference import images, texts
from helpers.models.text.encoder import TextEncoder

SIDE = 2048  # rows and columns of the square matrices that are multiplied


def backbone_of(name: str) -> tuple[Backbone, float]:
    """Load a model of images, and count the billions of operations of one image."""
    backbone = cast(Backbone, models.load(name))
    gflops = cost.gflops(backbone.network, backbone.network.input_shape[1:])
    if gflops is None:
        raise UserError(f"{name}: TensorFlow's profiler cannot count its operations")
    return backbone, gflops


def decoded(source: str, size: int, count: int) -> tuple[Callable[[int], np.ndarray], np.ndarray]:
    """Return a function that decodes an image of a data set, and the images: uint8 [N, S, S, 3]."""
    items = sources.load(source, limit=count)
    rows = range(len(items.frame))
    return items.read, np.stack([resize(items.read(row), size) for row in rows])


def image_ways(
    backbone: Backbone, read: Callable[[int], np.ndarray], pixels: np.ndarray
) -> dict[str, Callable[[], object]]:
    """Return our engine, ``predict`` at its best batch and a plain loop, from files and memory."""
    network, count = backbone.network, len(pixels)
    running, plain = images.compile(network), images.compile(network, 1).compiled.worker()
    batch = timing.best_batch(network, pixels)
    predict = partial(network.predict, batch_size=batch, verbose=0)

    def decode() -> np.ndarray:
        return np.stack([resize(read(row), backbone.size) for row in range(count)])

    return {
        "our engine": lambda: running.run(read, range(count)),
        f"keras.Model.predict, batch {batch}": lambda: predict(decode()),
        "OpenVINO, plain loop": lambda: [plain(image[None]) for image in decode()],
        "our engine, in memory": lambda: running.run(pixels.__getitem__, range(count)),
        f"keras.Model.predict, batch {batch}, in memory": lambda: predict(pixels),
        "OpenVINO, plain loop, in memory": lambda: [plain(image[None]) for image in pixels],
    }


def matrix_limit(gflops: float, repeats: int = 5) -> float:
    """Return images a second, at ``gflops`` each, if the machine only multiplied matrices."""
    a = np.random.default_rng(0).random((SIDE, SIDE), np.float32)
    seconds, cores = [], cost.usable_cores()
    with threadpool_limits(cores):  # a notebook's kernel is limited to one core
        for _ in range(repeats):
            with cost.Stopwatch() as watch:
                a @ a
            seconds.append(watch.seconds)
    return 2 * SIDE**3 / 1e9 / min(seconds) / gflops


def some_texts(source: str, count: int) -> list[str]:
    """Read ``count`` texts of a data set."""
    items = sources.load(source, "text-classification", limit=count)
    return [items.read(row) for row in range(len(items.frame))]


def text_ways(encoder: TextEncoder, sample: list[str]) -> dict[str, Callable[[], object]]:
    """Return our engine, and ``predict`` at its best batch."""
    running, network = encoder.compile(encoder.network), encoder.network
    batch = timing.best_batch(network, padded(encoder, sample))
    predict = partial(network.predict, batch_size=batch, verbose=0)
    running.run(sample.__getitem__, range(len(sample)))  # compiles every length once
    return {
        "our engine": lambda: running.run(sample.__getitem__, range(len(sample))),
        f"keras.Model.predict, batch {batch}": lambda: predict(padded(encoder, sample)),
    }


def padded(encoder: TextEncoder, sample: list[str]) -> np.ndarray:
    """Return tokens padded to the longest text: int32 [N, T]."""
    tokens, _ = encoder.tokenise(sample)
    return texts.pad(tokens, len(tokens), max(map(len, tokens)))


def sentences(rates: pd.DataFrame, of_texts: pd.DataFrame) -> list[str]:
    """Compare our engine with ``predict``: from files, in memory, and on texts."""
    lines = []
    for start, frame in (("Our", rates), ("Texts: our", of_texts)):
        medians = frame.set_index("way")["median"]
        for theirs in (way for way in medians.index if way.startswith("keras")):
            end = ", in memory" * theirs.endswith(", in memory")
            ratio = medians[f"our engine{end}"] / medians[theirs]
            lines.append(f"{start} engine{end} is {ratio:.2f} times as fast as {theirs}.")
    return lines
