"""Texts to features: our engine beside other ways to run the same encoder."""

from collections.abc import Callable
from functools import partial
from typing import cast

import numpy as np
import pandas as pd

from helpers import models
from helpers.benchmark import timing
from helpers.data import sources
from helpers.models.inference import texts
from helpers.models.text.encoder import TextEncoder

TASK = "text-classification"


def load(name: str, max_tokens: int) -> TextEncoder:
    """Load an encoder."""
    return cast(TextEncoder, models.load(name, size=max_tokens, modality="text"))


def some(source: str, count: int) -> list[str]:
    """Read ``count`` texts of a data set."""
    items = sources.load(source, TASK, limit=count)
    return [items.read(row) for row in range(len(items.frame))]


def compare(encoder: TextEncoder, sample: list[str], repeats: int) -> pd.DataFrame:
    """Time our engine, and ``predict`` at its best batch."""
    running, network = encoder.compile(encoder.network), encoder.network
    batch = timing.best_batch(network, padded(encoder, sample))
    predict = partial(network.predict, batch_size=batch, verbose=0)
    ways: dict[str, Callable[[], object]] = {
        "our engine": lambda: running.run(sample.__getitem__, range(len(sample))),
        f"keras.Model.predict, batch {batch}": lambda: predict(padded(encoder, sample)),
    }
    ways["our engine"]()  # compiles every length once
    return timing.interleaved(ways, repeats)


def padded(encoder: TextEncoder, sample: list[str]) -> np.ndarray:
    """Return tokens padded to the longest text: int32 [N, T]."""
    tokens, _ = encoder.tokenise(sample)
    return texts.pad(tokens, len(tokens), max(map(len, tokens)))


def sentences(rates: pd.DataFrame) -> list[str]:
    """Compare our engine with each alternative."""
    medians = rates.set_index("way")["median"]
    return [
        f"Texts: our engine is {medians['our engine'] / medians[way]:.2f} times as fast as {way}."
        for way in medians.index[1:]
    ]
