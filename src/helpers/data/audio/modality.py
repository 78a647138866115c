"""Recordings to be told apart: float32 [samples], 16,000 a second, the first minutes of each."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from helpers.config import options

ONE, MANY = "recording", "recordings"
SAME = "equal samples"
"""What exact copies have in common."""
SUFFIXES = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".m4a", ".aac", ".aif", ".aiff")
SUFFIXES += (".au", ".snd", ".caf", ".w64", ".wma", ".webm", ".mp4", ".amr", ".gsm")
"""Files that a folder of items is made of."""
MEASURES = ("seconds",)
"""Facts of the survey that results may be sliced by."""
KEPT = ("speaker",)
"""Columns of the source that later stages need, where it has them."""
SOURCES = ("folder", "table")
BASELINES = {"majority": options.MajorityOptions, "log-mel": options.LogMelOptions}
OPTIONS = {"probe": options.SoundProbeOptions, "predictions": options.PredictionsOptions}
NOISES: dict[str, Any] = {}
"""Each kind of noise that robustness is measured by: an item, a severity and a generator to one."""
NOISE_MODULES: tuple[str, ...] = ()
"""The code that decides what noise does."""
LONGEST = 300.0
"""Seconds of a recording that are decoded to be classified."""


def decode(raw: Any) -> np.ndarray:
    """Decode the first minutes of a recording; raises ``raw.Unreadable``."""
    from helpers.data.audio import decoding

    return decoding.decode(raw, LONGEST)


def survey(items: Any) -> Any:
    """Hear every recording once."""
    from helpers.data.surveys import audio

    return audio.survey(items)


def show(
    sounds: Sequence[np.ndarray], captions: Sequence[str], alt: str, columns: int | None
) -> None:
    """Show recordings as players, each with its caption."""
    from helpers.report import audio_player

    audio_player.show(sounds, captions, alt)


def show_measures(survey: Any) -> None:
    """Show how long the recordings are."""
    from helpers.report import figures

    seconds = survey.seconds[survey.reason == ""]
    figures.show(
        figures.durations(seconds),
        f"Lengths: {seconds.min():.1f} to {seconds.max():.1f} s, half of the recordings have up to "
        f"{np.median(seconds):.1f} s; {seconds.sum() / 60:.1f} minutes in all",
    )


def as_seen(sound: np.ndarray, fitted: Any) -> np.ndarray:
    """Return a recording as it is: what models hear of it cannot be shown in less."""
    return sound
