"""One pass over the recordings: each is decoded once, in blocks; what checks need is kept."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.core import progress
from helpers.data import near_duplicates
from helpers.data.audio import decoding, log_mel
from helpers.data.audio.decoding import RATE
from helpers.data.items import Items
from helpers.data.surveys.base import Survey, about, columns, facts_of_each

BANDS, MOMENTS = 16, 24  # a recording's print is its loudness in so many bands and moments
NEAR = 0.985
"""Correlation of two prints from which they count as near-duplicates, if they are equally long.

Measured on 500 telephone prompts of five languages: 95 in 100 that are encoded again (MP3, Opus)
keep 0.995, halved in loudness 0.999; of different prompts of one length, the closest reach 0.977.
Copies with added noise or cut by more than a fiftieth of a second are not found.
"""
QUIETEST = 60.0  # dB below the loudest moment under which nothing counts: there, encoders differ
LONGER = 1.03  # the most one near-duplicate may be longer; encoders pad their ends
FULL = 0.999  # share of full scale from which a sample counts as clipped


@dataclass(frozen=True)
class AudioSurvey(Survey):
    """Facts about N recordings, as stored and as decoded."""

    rate: np.ndarray  # samples a second as stored: int [N]
    channels: np.ndarray
    encoding: np.ndarray
    seconds: np.ndarray  # length: float [N]
    peak: np.ndarray  # largest sample, full scale 1: float [N]
    loudness: np.ndarray  # root mean square in dB of full scale: float [N]
    clipped: np.ndarray  # share of the samples at full scale: float [N]
    oddity: np.ndarray  # what is odd about the channels, in words: str [N]
    scale: np.ndarray  # what samples were divided by: float [N]
    print: np.ndarray  # loudness of bands over moments, centred, of unit length: float32 [N, D]

    @property
    def containers(self) -> dict[str, np.ndarray]:
        """Return how each recording is stored: by attribute, str [N]."""
        rate, channels = (each.astype(str).astype(object) for each in (self.rate, self.channels))
        return {
            "sampling rate": rate + " Hz",
            "number of channels": channels,
            "encoding": self.encoding,
            "approximate duration": about(self.seconds, "s"),
        }

    VAGUE = "are silent, or sound the same throughout"

    @property
    def vague(self) -> np.ndarray:
        """Recordings without a pattern: bool [N]."""
        return np.asarray(~self.print.any(axis=1))

    def near_pairs(self) -> np.ndarray:
        """Return the pairs whose prints correlate and whose lengths agree: int [pairs, 2]."""

        def agree(one: np.ndarray, other: np.ndarray) -> np.ndarray:
            short, long = np.sort([self.seconds[one], self.seconds[other]], axis=0)
            return np.asarray(long <= LONGER * np.maximum(short, 1e-9) + 0.1)

        return near_duplicates.near_pairs(self.print, NEAR, agree)


UNREADABLE = {"digest": "", "rate": 0, "channels": 0, "encoding": "", "seconds": 0.0, "peak": 0.0}
UNREADABLE |= {"loudness": 0.0, "clipped": 0.0, "print": np.zeros(BANDS * MOMENTS, np.float32)}
UNREADABLE |= {"oddity": "", "scale": 1.0}


def survey(items: Items) -> AudioSurvey:
    """Decode every recording once."""
    facts = facts_of_each(items, lambda i: _facts(items, i), UNREADABLE, "reading recordings")
    return AudioSurvey(**columns(facts))


def _facts(items: Items, index: int) -> dict[str, Any]:
    """Go through a recording once and keep sums, so that its length does not matter."""
    raw, name = items.raw(index), items.frame["id"].iloc[index]
    digest, samples, peak, power, full = hashlib.sha256(), 0, 0.0, 0.0, 0
    levels, moments = decoding.levels(raw), []
    for block in decoding.stream(raw, levels):
        digest.update(block.tobytes())
        samples += len(block)
        loud = np.abs(block)
        peak = max(peak, float(loud.max(initial=0.0)))
        power += float(np.square(block, dtype=float).sum())
        full += int((loud >= FULL).sum())
        moments.append(_pooled(log_mel.log_mel(block, BANDS)))
        if samples > 600 * RATE and len(moments) % 100 == 0:
            progress.say(f"reading {name}: {samples / RATE / 60:.0f} minutes")
    return {
        "digest": digest.hexdigest(),
        **vars(decoding.about(raw)),  # rate, channels, encoding
        "seconds": samples / RATE,
        "peak": peak,
        "loudness": 10 * np.log10(max(power / max(samples, 1), log_mel.FLOOR)),
        "clipped": full / max(samples, 1),
        "oddity": levels.oddity,
        "scale": levels.scale,
        "print": _print(moments),
    }


def _pooled(loud: np.ndarray) -> np.ndarray:
    """Average frames over a tenth of a second; what is left over is a moment too."""
    starts = np.arange(0, len(loud), 10)
    return np.add.reduceat(loud, starts, axis=0) / np.diff([*starts, len(loud)])[:, None]


def _print(moments: list[np.ndarray]) -> np.ndarray:
    """Bring a recording to one size, without its loudness; a constant one becomes 0."""
    loud = np.concatenate(moments)
    loud = np.maximum(loud, loud.max() - QUIETEST)
    positions = np.linspace(0, len(loud) - 1, MOMENTS)
    moments = [np.interp(positions, np.arange(len(loud)), band) for band in loud.T]
    return near_duplicates.unit_vector(np.stack(moments), least=1e-3)
