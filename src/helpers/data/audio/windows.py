"""A recording cut, where it is quiet, into the windows that a recogniser takes."""

from collections.abc import Iterable, Iterator

import numpy as np

from helpers.data.audio.decoding import RATE

WINDOW = 30.0  # longest window in seconds: what Whisper was trained on
SLACK = 5.0  # last seconds of a window, cut at their quietest moment, rarely within a word


def cut(blocks: Iterable[np.ndarray], seconds: float = WINDOW) -> Iterator[np.ndarray]:
    """Cut blocks float32 [N] at ``RATE`` into windows, each at the quietest moment near its end."""
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
