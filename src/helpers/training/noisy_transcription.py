"""Some utterances heard again, made worse: the same ones and the same noise for all candidates."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from helpers.core import columns, progress
from helpers.core.errors import UserError, unknown
from helpers.data.audio import corruptions, decoding, windows
from helpers.data.dataset import Dataset
from helpers.models import speech
from helpers.models.speech import Recogniser

VOICES = 4
"""People who babble."""


def hear(
    recogniser: Recogniser | None,
    dataset: Dataset,
    rows: np.ndarray,
    worse: dict[str, list[float]],
    seed: int,
) -> pd.DataFrame:
    """Hear some utterances again, made worse; every candidate hears the same noise.

    Each window of a recording is made worse by its own power, so that one of hours is streamed.
    """
    found = []
    total = len(rows) * sum(map(len, worse.values()))
    for kind, strength, spoil, row in progress.track(
        _pairs(dataset, rows, worse, seed), "noisy utterances heard", total
    ):
        random = np.random.default_rng([seed, int(row), int(10 * strength) + 1000])
        heard = windows.cut(decoding.stream(dataset.items.raw(int(row))))
        spoilt = (spoil(window, strength, random) for window in heard)  # however long it is
        said = speech.transcribe(recogniser, spoilt, language(dataset, row))
        found.append(
            {
                "id": dataset.frame["id"].iloc[row],
                "condition": corruptions.CORRUPTIONS[kind].label.format(strength),
                "kind": kind,
                "strength": float(strength),
                "reference": dataset.frame["reference"].iloc[row],
                "hypothesis": said.text,
            }
        )
    return pd.DataFrame(found, columns=list(columns.CONDITIONS))


def _pairs(
    dataset: Dataset, rows: np.ndarray, worse: dict[str, list[float]], seed: int
) -> Iterator[tuple[str, float, Callable, int]]:
    for kind, strengths in worse.items():
        if kind not in corruptions.CORRUPTIONS:
            raise unknown("noise", kind, corruptions.CORRUPTIONS)
        spoil = corruptions.CORRUPTIONS[kind].make(lambda: _voices(dataset, seed))
        for strength in strengths:
            for row in rows:
                yield kind, strength, spoil, row


def _voices(dataset: Dataset, seed: int) -> list[np.ndarray]:
    """Take utterances of the train side, so that nobody babbles what is to be heard."""
    frame = dataset.frame
    train = np.flatnonzero((frame["split"] == "train") & (frame["reference"] != ""))
    if not len(train):
        raise UserError(f"{dataset.study}: babble is made of the train side's voices: it has none")
    chosen = np.random.default_rng(seed).permutation(train)[:VOICES]
    return [dataset.example(int(row)) for row in chosen]


def language(dataset: Dataset, row: int) -> str:
    """Return the language of an item; empty where the data does not say."""
    return dataset.frame["language"].iloc[row] if "language" in dataset.frame.columns else ""
