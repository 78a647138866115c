"""Some utterances transcribed again with noise: the same ones and the same noise for everyone."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.core import columns, progress
from helpers.core.errors import UserError, unknown
from helpers.data.audio import corruptions, decoding, windows
from helpers.data.dataset import Dataset
from helpers.models import speech
from helpers.training.labelled_splits import positions

VOICES = 4  # speakers that are mixed to babble


@dataclass(frozen=True)
class NoisePlan:
    """Kinds of noise (white, babble, band) with their strengths, and how many utterances."""

    kinds: Mapping[str, list[float]] = field(default_factory=dict)
    utterances: int = 20
    seed: int = 42  # draws the utterances and makes the noise


def transcribe(
    recogniser: speech.Recogniser, dataset: Dataset, speech_rows: np.ndarray, plan: NoisePlan
) -> pd.DataFrame:
    """Transcribe some utterances with each noise: a row each, the columns of conditions.parquet.

    Each window of a recording gets noise relative to its own power, so that long recordings can be
    streamed. A UserError names an unknown kind of noise, or babble without a train split.
    """
    order = np.random.default_rng(plan.seed).permutation(speech_rows)
    rows, conditions = np.sort(order[: plan.utterances]), []
    total = len(rows) * sum(map(len, plan.kinds.values()))
    for kind, strength, corrupt, row in progress.track(
        _variants(dataset, rows, plan), "noisy utterances transcribed", total
    ):
        random = np.random.default_rng([plan.seed, row, int(10 * strength) + 1000])
        clean = windows.cut(decoding.stream(dataset.items.raw(row)))
        noisy = (corrupt(window, strength, random) for window in clean)
        transcript = speech.transcribe(recogniser, noisy, language(dataset, row))
        label = corruptions.CORRUPTIONS[kind].label.format(strength)
        item, reference = dataset.frame[["id", "reference"]].iloc[row]
        conditions.append((item, label, kind, float(strength), reference, transcript.text))
    return pd.DataFrame(conditions, columns=list(columns.CONDITIONS))


def _variants(
    dataset: Dataset, rows: np.ndarray, plan: NoisePlan
) -> Iterator[tuple[str, float, Callable[..., np.ndarray], int]]:
    for kind, strengths in plan.kinds.items():
        if kind not in corruptions.CORRUPTIONS:
            raise unknown("noise", kind, corruptions.CORRUPTIONS)
        corrupt = corruptions.CORRUPTIONS[kind].make(lambda: _voices(dataset, plan.seed))
        for strength in strengths:
            for row in rows:
                yield kind, strength, corrupt, int(row)


def _voices(dataset: Dataset, seed: int) -> list[np.ndarray]:
    """Draw utterances of the train split: no test utterance may be part of the babble."""
    train = positions(dataset, "train")
    train = train[(dataset.frame["reference"] != "").to_numpy()[train]]
    if not len(train):
        raise UserError(f"{dataset.study}: babble needs a train split: set data.split.test below 1")
    drawn = np.random.default_rng(seed).permutation(train)[:VOICES]
    return [dataset.example(int(row)) for row in drawn]


def language(dataset: Dataset, row: int) -> str:
    """Return the language of an item; empty if the data does not say."""
    return dataset.frame["language"].iloc[row] if "language" in dataset.frame.columns else ""
