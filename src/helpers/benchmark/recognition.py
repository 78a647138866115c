"""Speech to words: utterances side by side, beside plain faster-whisper, which takes one by one.

Both have the same weights, settings and cores, and must give the same words.
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd

from helpers.catalogue import entries
from helpers.core import ahead, cost
from helpers.core.errors import UserError
from helpers.data import sources
from helpers.data.audio import decoding
from helpers.models import speech
from helpers.models.kinds import ModelSpec
from helpers.models.speech import whisper

OURS, THEIRS = "utterances side by side", "faster-whisper, one by one"
FRAMES, MELS = 1500, 80  # that Whisper's encoder makes of its window of 30 s, and reads
WIDTHS = {"tiny": (384, 4), "base": (512, 6), "small": (768, 12)}  # and layers (Radford et al., 1)


def sounds(source: str, count: int) -> list[np.ndarray]:
    """Decode recordings of a data set, all in one language: float32 [samples] each."""
    items = sources.load(source, "speech-recognition", limit=count)
    rows = range(len(items.frame))
    return [np.concatenate([*decoding.stream(items.raw(row))]) for row in rows]


def ways(names: Sequence[str], recordings: Sequence[np.ndarray]) -> dict[str, Callable[[], object]]:
    """Return both ways for each model, tried once; a UserError says that their words differ."""
    found: dict[str, Callable[[], object]] = {}
    for name in names:
        ours, theirs = _ours(name, recordings), _theirs(name, recordings)  # loaded before timing
        if ours() != theirs():
            raise UserError(f"{name}: side by side, it does not hear the words of faster-whisper")
        found |= {f"{name}: {OURS}": ours, f"{name}: {THEIRS}": theirs}
    return found


def gflops(name: str) -> float:
    """Count the billions of operations of an encoder on one window, which is most of the work."""
    width, layers = next(WIDTHS[size] for size in WIDTHS if size in name)
    convolutions = 3 * width * (2 * FRAMES * MELS + FRAMES * width)
    layer = 12 * FRAMES * width**2 + 2 * FRAMES**2 * width
    return 2 * (convolutions + layers * layer) / 1e9


def sentences(rates: pd.DataFrame, recordings: Sequence[np.ndarray], fastest: float) -> list[str]:
    """Compare both ways of each model, and ours with the limit: billions of operations a second."""
    lines, medians = [], rates.set_index("way")["median"]
    seconds = sum(map(len, recordings)) / len(recordings) / decoding.RATE
    for name in dict.fromkeys(way.split(": ")[0] for way in medians.index):
        ours, theirs = (medians[f"{name}: {way}"] for way in (OURS, THEIRS))
        factors = [1 / (rate * seconds) for rate in (ours, theirs)]
        lines.append(
            f"{name}: {OURS} are {ours / theirs:.2f} times as fast as {THEIRS}: real-time factor "
            f"{factors[0]:.3f} beside {factors[1]:.3f}. Its encoder alone would need "
            f"{ours * gflops(name) / fastest:.2f} of the speed of the fastest products."
        )
    return lines


def _ours(name: str, recordings: Sequence[np.ndarray]) -> Callable[[], list[str]]:
    recogniser = speech.describe(name).load(None).spread(None)
    hear = partial(speech.transcribe, recogniser, language="en")

    def run() -> list[str]:
        heard = ahead.side_by_side(lambda one: hear([one]), recordings, recogniser.at_once)
        return [each.text for each in heard]

    return run


def _theirs(name: str, recordings: Sequence[np.ndarray]) -> Callable[[], list[str]]:
    folder = whisper.located(ModelSpec(name, entry=entries.model(name)))
    model = whisper.opened(folder, cost.usable_cores())
    options = {"temperature": 0.0, "condition_on_previous_text": False, "without_timestamps": True}

    def run() -> list[str]:
        texts = []
        for samples in recordings:
            segments, _ = model.transcribe(samples, language="en", beam_size=1, **options)
            texts.append(" ".join(segment.text.strip() for segment in segments))
        return texts

    return run
