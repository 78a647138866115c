"""Recordings to be told apart: float32 [samples], 16,000 a second, the first minutes of each."""

from typing import Any

import numpy as np

ONE, MANY = "recording", "recordings"
SAME = "equal samples"  # what exact copies have in common
SUFFIXES = (  # files that a folder of items is made of
    ".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".m4a", ".aac", ".aif", ".aiff",
    ".au", ".snd", ".caf", ".w64", ".wma", ".webm", ".mp4", ".amr", ".gsm",
)  # fmt: skip
MEASURES = ("seconds",)  # facts of the survey that results may be sliced by
LONGEST = 300.0  # seconds of a recording that are decoded to be classified


def decode(raw: Any) -> np.ndarray:
    """Decode the first minutes of a recording; raises ``Unreadable``."""
    from helpers.data.audio import decoding

    return decoding.decode(raw, LONGEST)
