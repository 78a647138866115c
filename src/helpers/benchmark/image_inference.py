"""Pictures to features: our engine beside the usual ways and the machine's limit."""

import os
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from helpers import models
from helpers.benchmark import timing
from helpers.core import cost
from helpers.data import sources
from helpers.models import Backbone, resize
from helpers.models.inference import images

SIDE = 2048
"""Of the square matrices that are multiplied."""


def decoded(source: str, size: int, count: int) -> tuple[Callable[[int], np.ndarray], np.ndarray]:
    """Return how to decode a picture of a data set, and the pictures: uint8 [N, S, S, 3]."""
    items = sources.load(source, limit=count)
    rows = range(len(items.frame))
    return items.read, np.stack([resize(items.read(row), size) for row in rows])


def compare(
    backbone: Backbone, read: Callable[[int], np.ndarray], pictures: np.ndarray, repeats: int
) -> pd.DataFrame:
    """Time our engine, ``keras.Model.predict`` and a plain OpenVINO loop, all in float32.

    Each starts from encoded pictures, and once more from pictures in memory. ``predict`` has the
    batch that suits it best.

    Returns
    -------
    DataFrame
        As ``timing.interleaved``; "in memory" ends the name of a way that decodes nothing.
    """
    network, count = backbone.network, len(pictures)
    running, plain = images.compile(network), images.compile(network, 1).worker()
    batch = timing.best_batch(network, pictures)
    decode = partial(_decode, read, backbone.size, count)
    predict = partial(network.predict, batch_size=batch, verbose=0)
    ways = {
        "our engine": lambda: running.run(read, range(count)),
        f"keras.Model.predict, batch {batch}": lambda: predict(decode()),
        "OpenVINO, plain loop": lambda: [plain(each[None]) for each in decode()],
        "our engine, in memory": lambda: running.run(pictures.__getitem__, range(count)),
        f"keras.Model.predict, batch {batch}, in memory": lambda: predict(pictures),
        "OpenVINO, plain loop, in memory": lambda: [plain(each[None]) for each in pictures],
    }
    return timing.interleaved(ways, repeats)


def matrix_limit(gflops: float, repeats: int = 5) -> float:
    """Return how many pictures a second the machine could do if all were matrix multiplication.

    Parameters
    ----------
    gflops : float
        Of one picture, a multiply-add being two operations.
    repeats : int
        The best of them counts.
    """
    a = np.random.default_rng(0).random((SIDE, SIDE), np.float32)
    seconds = []
    with threadpool_limits(len(os.sched_getaffinity(0))):  # a notebook's own sums run on one core
        for _ in range(repeats):
            with cost.Stopwatch() as watch:
                a @ a
            seconds.append(watch.seconds)
    return 2 * SIDE**3 / 1e9 / min(seconds) / gflops


def largest_difference(backbone: Backbone, pictures: np.ndarray) -> float:
    """Return how far our engine's features are from those of Keras at most."""
    ours = images.compile(backbone.network).run(pictures.__getitem__, range(len(pictures)))
    theirs = backbone.network.predict(pictures, batch_size=timing.BATCHES[0], verbose=0)
    return float(np.abs(ours - theirs).max())


def sentences(rates: pd.DataFrame) -> list[str]:
    """Say how our engine compares with ``predict``: from files, and in memory."""
    medians, said = rates.set_index("way")["median"], []
    for end in ("", ", in memory"):
        [theirs] = [way for way in medians.index if way.startswith("keras") and _ends(way, end)]
        ratio = medians[f"our engine{end}"] / medians[theirs]
        said.append(f"Our engine{end} is {ratio:.2f} times as fast as {theirs}.")
    return said


def _ends(way: str, end: str) -> bool:
    return way.endswith("in memory") == bool(end)


def load(name: str) -> tuple[Backbone, float]:
    """Load a model, and count the billions of operations of one picture."""
    backbone = models.load(name)
    return backbone, cost.gflops(backbone.network, backbone.network.input_shape[1:])


def _decode(read: Callable[[int], np.ndarray], size: int, count: int) -> np.ndarray:
    return np.stack([resize(read(row), size) for row in range(count)])
