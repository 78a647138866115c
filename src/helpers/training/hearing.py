"""Utterances through a recogniser, as recorded or with noise; many of them in shards."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from functools import partial
from typing import Any

import numpy as np

from helpers.core import ahead, code_digest, progress, shards
from helpers.data.audio import corruptions, decoding, windows
from helpers.data.dataset import Dataset
from helpers.models import speech
from helpers.models.speech import Heard, Recogniser, RecogniserCard

LARGE = 128  # more utterances than that are transcribed in shards
SHARD = 64  # utterances of a shard


@dataclass(frozen=True)
class Utterance:
    """A row of a data set, and the noise that is added to it; none as it was recorded."""

    row: int
    kind: str = ""
    strength: float = 0.0


@dataclass(frozen=True)
class Hearing:
    """Which utterances are transcribed; ``voices`` gives what babble is mixed from.

    Those that are not ``timed`` are transcribed side by side, which gives the same transcripts.
    """

    dataset: Dataset
    utterances: Sequence[Utterance]
    what: str
    seed: int = 0
    voices: Callable[[], list[np.ndarray]] = list
    timed: bool = True

    def hear(self, recogniser: Recogniser, rows: range, total: int) -> Iterator[Heard]:
        """Transcribe some of the utterances, block by block, however long they are.

        Each window gets noise relative to its own power.
        """
        some = self.utterances[rows.start : rows.stop]
        changes = {
            kind: corruptions.CORRUPTIONS[kind].make(self.voices)
            for kind in {u.kind for u in some} - {""}
        }

        def heard(each: Utterance) -> Heard:
            blocks = decoding.stream(self.dataset.items.raw(each.row))
            if each.kind:
                random = np.random.default_rng(
                    [self.seed, each.row, int(10 * each.strength) + 1000]
                )
                blocks = _changed(blocks, changes[each.kind], each.strength, random)
            name = self.dataset.frame["id"].iloc[each.row]
            return speech.transcribe(recogniser, blocks, language(self.dataset, each.row), name)

        each = ahead.side_by_side(heard, some, recogniser.at_once)
        yield from progress.track(each, self.what, total, rows.start)

    def work(self, card: RecogniserCard | None, threads: int | None) -> shards.Work:
        """Divide the utterances into shards; few, or those of a baseline, into none."""
        blocks = shards.blocks(len(self.utterances), SHARD)
        if card is None or len(self.utterances) <= LARGE:
            blocks = []
        code = [code_digest.of_module(name) for name in (__name__, corruptions.__name__)]
        common = [card and card.digest, self.dataset.digest, self.seed, code]
        each = list(map(self._key, self.utterances)) if blocks else []
        keys = [code_digest.of_value([common, *each[rows.start : rows.stop]]) for rows in blocks]
        load = card.load if card else None
        return shards.Work(self.what, keys, partial(_start, self, load, threads), threads)

    def run(self, recogniser: Recogniser, work: shards.Work) -> list[Heard]:
        """Transcribe all utterances, in their order."""
        recogniser = self._heard_by(recogniser, work.cores)
        if not work.keys:
            count = len(self.utterances)
            return list(self.hear(recogniser, range(count), count))
        found = dict(shards.run(work, partial(_compute, self, recogniser)))
        return [Heard(*each) for number in sorted(found) for each in found[number][1]["heard"]]

    def _heard_by(self, recogniser: Recogniser, threads: int | None) -> Recogniser:
        return recogniser if self.timed else recogniser.spread(threads)

    def _key(self, utterance: Utterance) -> list[object]:
        item = self.dataset.frame["id"].iloc[utterance.row]
        return [str(item), language(self.dataset, utterance.row), *astuple(utterance)]


def language(dataset: Dataset, row: int) -> str:
    """Return the language of an item; empty if the data does not say."""
    return dataset.frame["language"].iloc[row] if "language" in dataset.frame.columns else ""


def _start(hearing: Hearing, load: Any, threads: int | None) -> shards.Compute:
    return partial(_compute, hearing, hearing._heard_by(load(threads), threads))


def _compute(hearing: Hearing, recogniser: Recogniser, number: int) -> shards.Entry:
    total = len(hearing.utterances)
    heard = hearing.hear(recogniser, shards.blocks(total, SHARD)[number], total)
    return {}, {"heard": [astuple(each) for each in heard]}


def _changed(
    blocks: Iterable[np.ndarray], change: Any, strength: float, random: np.random.Generator
) -> Iterator[np.ndarray]:
    return (change(window, strength, random) for window in windows.cut(blocks))
