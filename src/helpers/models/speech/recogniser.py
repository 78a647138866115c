"""What every recogniser is: a card that is cheap to make, and the loaded recogniser."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from helpers.core import code_digest, cost, progress
from helpers.data.audio import decoding, windows


@dataclass(frozen=True)
class Recogniser:
    """A loaded recogniser: the same samples give the same text."""

    name: str
    # from float32 samples at ``decoding.RATE``, at most ``windows.WINDOW`` seconds, and a language
    # such as en-US to text
    hear: Callable[[np.ndarray, str], str]
    engine: str
    parameters: int | None = None
    cores: int | None = None  # how many it keeps busy at most, all if None
    knows: Callable[[str], bool] = lambda language: True  # if not, it guesses which one is spoken
    # loads it to be called by as many threads at once, each on a core of its own
    side_by_side: Callable[[int], Callable[[np.ndarray, str], str]] | None = None
    at_once: int = 1  # how many threads may call ``hear`` at once

    def spread(self, threads: int | None) -> "Recogniser":
        """Return it as it is fastest where no utterance is timed: one on each core, if it can."""
        cores = threads or cost.usable_cores()
        if not self.side_by_side or cores == 1:
            return self
        return replace(self, hear=self.side_by_side(cores), at_once=cores)


@dataclass(frozen=True)
class RecogniserCard:
    """What is known of a recogniser before it is loaded."""

    name: str
    licence: str
    reads: str
    made_of: dict[str, Any]  # plain values that decide its transcripts
    load: Callable[[int | None], Recogniser]  # for a number of threads, by default one per core
    modules: tuple[str, ...] = ()  # the code that decides its transcripts
    language: str = ""  # the only one that it knows, if it is said

    @property
    def digest(self) -> str:
        """Digest what its transcripts depend on."""
        names = (*self.modules, decoding.__name__, windows.__name__, __name__)
        code = {name: code_digest.of_module(name) for name in names}
        return code_digest.of_value({"made_of": self.made_of, "code": code})


@dataclass(frozen=True)
class Heard:
    """A transcript, the duration of its recording and the time it took, both in seconds."""

    text: str
    seconds: float
    took: float


def transcribe(
    recogniser: Recogniser, blocks: Iterable[np.ndarray], language: str = "", name: str = ""
) -> Heard:
    """Recognise blocks float32 [samples] window by window; the time taken includes decoding."""
    texts: list[str] = []
    samples, began = 0, time.perf_counter()
    for window in windows.cut(blocks):
        if texts:
            progress.say(f"{name}: {samples / decoding.RATE / 60:.0f} minutes recognised")
        texts.append(recogniser.hear(window, language).strip())
        samples += len(window)
    took = time.perf_counter() - began
    return Heard(" ".join(filter(None, texts)), samples / decoding.RATE, took)
