"""What every recogniser is: a card that is cheap to make, and the loaded recogniser."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.core import code_digest, progress
from helpers.data.audio import decoding, windows


@dataclass(frozen=True)
class Recogniser:
    """A loaded recogniser.

    ``hear`` turns float32 samples at ``decoding.RATE``, ``windows.WINDOW`` seconds at most,
    and a language such as ``en-US`` into text. The same samples give the same text. ``cores`` is
    how many it keeps busy at most, all if None.
    """

    name: str
    hear: Callable[[np.ndarray, str], str]
    engine: str
    parameters: int | None = None
    cores: int | None = None


@dataclass(frozen=True)
class RecogniserCard:
    """What is known of a recogniser before it is loaded.

    ``made_of`` holds plain values that decide its transcripts, ``modules`` the code that does;
    ``load`` makes it, for a number of threads, as many as there are cores by default.
    """

    name: str
    licence: str
    reads: str
    made_of: dict[str, Any]
    load: Callable[[int | None], Recogniser]
    modules: tuple[str, ...] = ()

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
    """Recognise a recording window by window; the time taken includes decoding it.

    ``blocks`` are float32 [samples], as ``decoding.stream`` gives them; ``language`` is for
    multilingual recognisers, ``name`` for the progress line of long recordings.
    """
    texts: list[str] = []
    samples, began = 0, time.perf_counter()
    for window in windows.cut(blocks):
        if texts:
            progress.say(f"{name}: {samples / decoding.RATE / 60:.0f} minutes recognised")
        texts.append(recogniser.hear(window, language).strip())
        samples += len(window)
    took = time.perf_counter() - began
    return Heard(" ".join(filter(None, texts)), samples / decoding.RATE, took)
