"""Noise has the strength that it is said to have, and the same seed makes the same noise."""

import numpy as np
import pytest

from helpers.data.audio import corruptions as noise

RATE = 16_000
TIME = np.arange(2 * RATE) / RATE
SPEECH = (0.1 * np.sin(2 * np.pi * 300 * TIME)).astype(np.float32)
VOICES = [
    np.random.default_rng(seed).uniform(-0.5, 0.5, 9_000 + seed).astype(np.float32)
    for seed in range(3)
]


@pytest.mark.parametrize("decibels", [20, 10, 5, 0])
@pytest.mark.parametrize("add", [noise.white, noise.babble(VOICES)], ids=["white", "babble"])
def test_noise_is_added_at_the_stated_ratio(add, decibels):
    mixed = add(SPEECH, decibels, np.random.default_rng(0))
    assert mixed.dtype == np.float32 and len(mixed) == len(SPEECH)
    ratio = 10 * np.log10(noise.power(SPEECH) / noise.power(mixed - SPEECH))
    assert ratio == pytest.approx(decibels, abs=0.1)


def test_the_same_seed_makes_the_same_noise():
    for add in (noise.white, noise.babble(VOICES)):
        first, again, other = (add(SPEECH, 5, np.random.default_rng(seed)) for seed in (1, 1, 2))
        assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_nothing_clips_and_silence_stays_silent():
    loud = noise.white(SPEECH * 10, 0, np.random.default_rng(0))
    assert np.abs(loud).max() <= 1
    silent = noise.white(np.zeros(100, np.float32), 0, np.random.default_rng(0))
    assert not silent.any()
    assert not len(noise.white(np.empty(0, np.float32), 0, np.random.default_rng(0)))
    assert np.array_equal(noise.babble([])(SPEECH, 0, np.random.default_rng(0)), SPEECH)


@pytest.mark.parametrize("pitch", [1_000, 3_000, 5_000, 7_000])
def test_a_band_keeps_what_is_below_half_its_rate_and_drops_the_rest(pitch):
    tone = np.sin(2 * np.pi * pitch * TIME).astype(np.float32)
    kept = noise.band(tone, 8_000, np.random.default_rng(0))
    assert len(kept) == len(tone)
    share = noise.power(kept[800:-800]) / noise.power(tone[800:-800])
    assert share == pytest.approx(1 if pitch < 4_000 else 0, abs=0.05)


def test_a_band_as_wide_as_the_recording_changes_nothing():
    assert noise.band(SPEECH, 16_000, np.random.default_rng(0)) is SPEECH
