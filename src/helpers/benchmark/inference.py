"""Images and texts to features: our engine beside other ways, and the machine's limit."""

from collections.abc import Callable
from functools import partial
from typing import cast

import numpy as np
import pandas as pd

from helpers import models
from helpers.benchmark import timing
from helpers.core import cost
from helpers.core.errors import UserError
from helpers.data import sources
from helpers.data.image.resizing import resize
from helpers.models.image.backbone import Backbone
from helpers.models.inference import images, texts
from helpers.models.text.encoder import TextEncoder

LENGTHS = (16, 64, 128)  # of texts, in tokens, whose operations are counted


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


def text_gflops(encoder: TextEncoder, sample: list[str]) -> float:
    """Count the billions of operations of a text as it is padded, on average over texts.

    In a transformer they grow with the length and its square, which three lengths tell.
    """
    counted = [cost.gflops(encoder.network, (length,), "int32") for length in LENGTHS]
    if None in counted:
        raise UserError(f"{encoder.card.name}: TensorFlow's profiler cannot count its operations")
    tokens, _ = encoder.tokenise(sample)
    lengths = texts.padded_length(np.array([*map(len, tokens)]))
    return float(np.polyval(np.polyfit(LENGTHS, np.array(counted, float), 2), lengths).mean())


def sentences(
    rates: pd.DataFrame, of_texts: pd.DataFrame, limits: tuple[float, float]
) -> list[str]:
    """Compare our engine with ``predict`` and with the limit: from files, in memory, on texts."""
    lines = []
    for start, frame in (("Our", rates), ("Texts: our", of_texts)):
        medians = frame.set_index("way")["median"]
        for theirs in (way for way in medians.index if way.startswith("keras")):
            end = ", in memory" * theirs.endswith(", in memory")
            ratio = medians[f"our engine{end}"] / medians[theirs]
            lines.append(f"{start} engine{end} is {ratio:.2f} times as fast as {theirs}.")
    reached = {
        "Images in memory": rates.set_index("way")["median"]["our engine, in memory"] / limits[0],
        "Texts": of_texts.set_index("way")["median"]["our engine"] / limits[1],
    }
    return lines + [
        f"{what} reach {share:.2f} of the speed of the fastest products of large matrices."
        for what, share in reached.items()
    ]
