"""Corruptions of speech at a stated strength: added noise, or a narrower band of frequencies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from helpers.data.audio.decoding import RATE

# samples float32 [N], a strength and a generator to samples [N]
Change = Callable[[np.ndarray, float, np.random.Generator], np.ndarray]
Voices = Callable[[], Sequence[np.ndarray]]  # reads other utterances when they are needed


@dataclass(frozen=True)
class Corruption:
    """A corruption that ``evaluate.noise`` of a study may name, with the strengths it takes."""

    label: str  # for tables and figures; ``{:g}`` is the strength
    make: Callable[[Voices], Change]
    lowest: float
    highest: float


def white(samples: np.ndarray, decibels: float, random: np.random.Generator) -> np.ndarray:
    """Add white noise to samples float32 [N], ``decibels`` below their power, pauses included."""
    return _mixed(samples, random.standard_normal(len(samples)), decibels)


def babble(voices: Sequence[np.ndarray]) -> Change:
    """Return a function that adds utterances float32 [N] of equal power, from random moments on."""
    voices = [voice for voice in voices if power(voice)]

    def add(samples: np.ndarray, decibels: float, random: np.random.Generator) -> np.ndarray:
        crowd = np.zeros(len(samples))
        for voice in voices:
            turned = np.roll(voice, int(random.integers(len(voice))))
            crowd += np.resize(turned, len(samples)) / np.sqrt(power(voice))
        return _mixed(samples, crowd, decibels)

    return add


def band(samples: np.ndarray, hertz: float, random: np.random.Generator) -> np.ndarray:
    """Resample to ``hertz`` and back (polyphase, Kaiser window): 8000 leaves a telephone 4 kHz."""
    from scipy.signal import resample_poly

    if hertz >= RATE:
        return samples
    narrow = resample_poly(samples, int(hertz), RATE)
    wide = resample_poly(narrow, RATE, int(hertz))[: len(samples)]
    return np.pad(wide, (0, len(samples) - len(wide))).astype(np.float32)


def power(samples: np.ndarray) -> float:
    """Return the mean square of samples; 0 for none."""
    return float(np.mean(np.square(samples, dtype=float))) if len(samples) else 0.0


def _mixed(samples: np.ndarray, noise: np.ndarray, decibels: float) -> np.ndarray:
    """Add noise at a ratio of powers; the sum is scaled down where it would clip."""
    loud = power(noise)
    scale = np.sqrt(power(samples) / (loud * 10 ** (decibels / 10))) if loud else 0.0
    mixed = samples + scale * noise
    return (mixed / max(1.0, float(np.abs(mixed).max(initial=0.0)))).astype(np.float32)


# noise by its signal-to-noise ratio in dB, a band by its sampling rate in Hz
CORRUPTIONS = {
    "white": Corruption("white noise at {:g} dB", lambda voices: white, -40, 100),
    "babble": Corruption("babble at {:g} dB", lambda voices: babble(voices()), -40, 100),
    "band": Corruption("band of {:g} Hz", lambda voices: band, 1_000, 16_000),
}
