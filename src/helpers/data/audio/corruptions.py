"""What spoils speech, at a stated strength: noise at a ratio to the signal, a telephone's band."""

from collections.abc import Callable, Sequence

import numpy as np

from helpers.data.audio.decoding import RATE

Spoil = Callable[[np.ndarray, float, np.random.Generator], np.ndarray]
"""Samples float32 [N], a strength and a generator to samples [N]."""


def white(samples: np.ndarray, decibels: float, random: np.random.Generator) -> np.ndarray:
    """Add white noise.

    Parameters
    ----------
    samples : ndarray
        float32 [N], full scale 1.
    decibels : float
        Power of the recording over that of the noise, pauses included, in dB.
    random : numpy.random.Generator
    """
    return _mixed(samples, random.standard_normal(len(samples)), decibels)


def babble(voices: Sequence[np.ndarray]) -> Spoil:
    """Make a noise of several people who talk at once, out of recordings of other utterances.

    Parameters
    ----------
    voices : sequence of ndarray
        float32 each; all are laid over one another from random places on, repeated to the length
        that is needed, each at the same power.
    """
    voices = [voice for voice in voices if power(voice)]

    def add(samples: np.ndarray, decibels: float, random: np.random.Generator) -> np.ndarray:
        crowd = np.zeros(len(samples))
        for voice in voices:
            turned = np.roll(voice, int(random.integers(len(voice))))
            crowd += np.resize(turned, len(samples)) / np.sqrt(power(voice))
        return _mixed(samples, crowd, decibels)

    return add


def band(samples: np.ndarray, hertz: float, random: np.random.Generator) -> np.ndarray:
    """Keep what lies below half of a sampling rate of ``hertz``: 8000 is the telephone's 4 kHz.

    The recording is resampled to that rate and back (polyphase, Kaiser window).
    """
    from scipy.signal import resample_poly

    if hertz >= RATE:
        return samples
    narrow = resample_poly(samples, int(hertz), RATE)
    wide = resample_poly(narrow, RATE, int(hertz))[: len(samples)]
    return np.pad(wide, (0, len(samples) - len(wide))).astype(np.float32)


NOISES: dict[str, Spoil] = {"white": white, "band": band}
"""By name: strength in dB for noise, in samples a second for a band. Babble needs voices first."""
SPOKEN = {
    "white": "white noise at {:g} dB",
    "babble": "babble at {:g} dB",
    "band": "band of {:g} Hz",
}
"""Each in words, for tables and figures."""


def power(samples: np.ndarray) -> float:
    """Return the mean square of samples; 0 for none."""
    return float(np.mean(np.square(samples, dtype=float))) if len(samples) else 0.0


def _mixed(samples: np.ndarray, noise: np.ndarray, decibels: float) -> np.ndarray:
    """Add noise at a ratio of powers; where the sum would clip, all of it is turned down."""
    loud = power(noise)
    scale = np.sqrt(power(samples) / (loud * 10 ** (decibels / 10))) if loud else 0.0
    mixed = samples + scale * noise
    return (mixed / max(1.0, float(np.abs(mixed).max(initial=0.0)))).astype(np.float32)
