"""Times of alternatives, measured in turns so that a busy machine slows them all alike."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.core import cost, progress
from helpers.models.card import KerasModel

BATCHES = (16, 32, 64)  # batch sizes at which ``predict`` is tried


def best_batch(network: Any, inputs: np.ndarray) -> int:
    """Find the batch size at which Keras is fastest; each is compiled before it is timed."""
    seconds: dict[int, float] = {}
    for batch in BATCHES:
        network.predict(inputs[: 2 * batch], batch_size=batch, verbose=0)
        with cost.Stopwatch() as watch:
            network.predict(inputs, batch_size=batch, verbose=0)
        seconds[batch] = watch.seconds
    return min(seconds, key=seconds.__getitem__)


def largest_difference(model: KerasModel, items: Sequence[Any], inputs: np.ndarray) -> float:
    """Return the largest absolute difference of our engine's features from those of Keras."""
    ours = model.compile(model.network).run(items.__getitem__, range(len(items)))
    theirs = model.network.predict(inputs, batch_size=BATCHES[0], verbose=0)
    return float(np.abs(ours - theirs).max())


def interleaved(ways: Mapping[str, Callable[[], object]], repeats: int = 3) -> pd.DataFrame:
    """Time each alternative once in each round: columns way, round and seconds."""
    rows = []
    for number in range(repeats):
        for way, run in ways.items():
            progress.say(f"round {number + 1} of {repeats}: {way}")
            with cost.Stopwatch() as watch:
                run()
            rows.append({"way": way, "round": number + 1, "seconds": watch.seconds})
    return pd.DataFrame(rows)


def summary(times: pd.DataFrame, items: int | None = None) -> pd.DataFrame:
    """Return the median, low and high of each way, in seconds or in items per second."""
    values = times["seconds"] if items is None else items / times["seconds"]
    grouped = values.groupby(times["way"], sort=False)
    return grouped.agg(median="median", low="min", high="max").reset_index()


def text(frame: pd.DataFrame, unit: str) -> str:
    """Write a summary as lines of text: way, median, and the extremes in brackets."""
    width = max(map(len, frame["way"]))
    return "\n".join(
        f"{row.way:<{width}}  {_number(row.median):>7} {unit} "
        f"[{_number(row.low)}, {_number(row.high)}]"
        for row in frame.itertuples()
    )


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 99.5 else f"{value:.1f}" if value >= 9.95 else f"{value:.2f}"
