"""A recording cut, where it is quiet, into the windows that a recogniser takes."""

from collections.abc import Iterable, Iterator

import numpy as np

from helpers.data.audio.decoding import RATE

WINDOW = 30.0  # longest window in seconds: what Whisper was trained on
SLACK = 5.0
"""A window is cut at the quietest moment of its last seconds, so that words are rarely cut."""


def cut(blocks: Iterable[np.ndarray], seconds: float = WINDOW) -> Iterator[np.ndarray]:
    """Cut blocks float32 [samples] at ``RATE`` into windows, each at a quiet moment near its end.

    Concatenated, the windows are the recording.
    """
    most, held = int(seconds * RATE), np.empty(0, np.float32)
    for block in blocks:
        held = np.concatenate([held, block])
        while len(held) > most:
            cut = _quietest(held[:most])
            yield held[:cut]
            held = held[cut:]
    if len(held):
        yield held


def _quietest(window: np.ndarray) -> int:
    """Find the middle of the quietest fiftieth of a second in the last seconds of a window."""
    frame = RATE // 50
    start = max(0, len(window) - int(SLACK * RATE))
    tail = window[start:]
    power = np.square(tail[: len(tail) // frame * frame].reshape(-1, frame)).mean(axis=1)
    return start + int(power.argmin()) * frame + frame // 2
