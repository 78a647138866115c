"""Some utterances transcribed again with noise: the same ones and the same noise for everyone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd

from helpers.core import columns
from helpers.core.errors import UserError, unknown
from helpers.data.audio import corruptions
from helpers.data.dataset import Dataset
from helpers.models.speech import Heard
from helpers.training.hearing import Hearing, Utterance
from helpers.training.labelled_splits import positions

VOICES = 4  # speakers that are mixed to babble


@dataclass(frozen=True)
class NoisePlan:
    """Kinds of noise (white, babble, band) with their strengths, and how many utterances."""

    kinds: Mapping[str, list[float]] = field(default_factory=dict)
    utterances: int = 20
    seed: int = 42  # draws the utterances and makes the noise


def hearing(dataset: Dataset, speech_rows: np.ndarray, plan: NoisePlan) -> Hearing:
    """Draw some utterances to be transcribed with each noise at each strength.

    Each window of a recording gets noise relative to its own power, so that long recordings can be
    streamed. A UserError names an unknown kind of noise, or babble without a train split.
    """
    order = np.random.default_rng(plan.seed).permutation(speech_rows)
    rows, chosen = np.sort(order[: plan.utterances]), []
    for kind, strengths in plan.kinds.items():
        if kind not in corruptions.CORRUPTIONS:
            raise unknown("noise", kind, corruptions.CORRUPTIONS)
        chosen += [Utterance(int(row), kind, strength) for strength in strengths for row in rows]
    voices = partial(_voices, dataset, plan.seed)
    return Hearing(dataset, chosen, "noisy utterances transcribed", plan.seed, voices, timed=False)


def table(noisy: Hearing, heard: Sequence[Heard]) -> pd.DataFrame:
    """Lay out what was heard: a row for each utterance, the columns of conditions.parquet."""
    conditions = []
    for each, transcript in zip(noisy.utterances, heard, strict=True):
        label = corruptions.CORRUPTIONS[each.kind].label.format(each.strength)
        item, reference = noisy.dataset.frame[["id", "reference"]].iloc[each.row]
        strength = float(each.strength)
        conditions.append((item, label, each.kind, strength, reference, transcript.text))
    return pd.DataFrame(conditions, columns=list(columns.CONDITIONS))


def _voices(dataset: Dataset, seed: int) -> list[np.ndarray]:
    """Draw utterances of the train split: no test utterance may be part of the babble."""
    train = positions(dataset, "train")
    train = train[(dataset.frame["reference"] != "").to_numpy()[train]]
    if not len(train):
        raise UserError(f"{dataset.study}: babble needs a train split: set data.split.test below 1")
    drawn = np.random.default_rng(seed).permutation(train)[:VOICES]
    return [dataset.example(int(row)) for row in drawn]
