"""Channels and scale of a recording: what is averaged, what is divided, what is said of it."""

import numpy as np
import pandas as pd
import pytest
from factories.speech import encoded

from helpers.data import checks
from helpers.data.audio import decoding, levels
from helpers.data.items import Items

RATE = 16_000
TIME = np.arange(2 * RATE) / RATE
NOISE = np.random.default_rng(0).normal(0, 1e-3, (len(TIME), 2))
VOICE = 0.3 * np.sin(2 * np.pi * 300 * TIME) * (1 + np.sin(9 * TIME)) / 2 + NOISE[:, 0]
OTHER = 0.3 * np.sin(2 * np.pi * 410 * TIME) * (1 + np.cos(5 * TIME)) / 2 + NOISE[:, 1]
FIRST = TIME < 1


def power(samples):
    return float(np.mean(np.square(samples, dtype=float)))


@pytest.mark.parametrize(
    ("channels", "oddity", "quieter"),
    [
        ([VOICE, VOICE], "", 1.0),
        ([VOICE, 0.3 * VOICE], "", 0.65),
        ([VOICE, -VOICE], levels.OPPOSED, 1.0),
        ([-0.9 * VOICE, VOICE], levels.OPPOSED, 1.0),
        ([VOICE, -0.4 * VOICE], levels.OPPOSED, 1.0),
        ([VOICE, VOICE, -VOICE, -VOICE], levels.OPPOSED, 1.0),
        ([VOICE, VOICE, -VOICE, VOICE], levels.TURNED, 1.0),
        ([VOICE, VOICE, -0.5 * VOICE], levels.TURNED, 1.0),
        ([VOICE, np.where(FIRST, -VOICE, VOICE)], levels.OPPOSED, 1.0),
        ([VOICE, VOICE, *[np.where(TIME < 0.5, -VOICE, VOICE)] * 2], levels.OPPOSED, 1.0),
        ([VOICE, OTHER, VOICE + OTHER, np.roll(VOICE, 40)], "", None),
        ([VOICE, np.where(TIME < 0.1, -VOICE, VOICE)], "", None),  # a moment
        ([VOICE, 0 * VOICE], levels.SILENT, 1.0),
        ([VOICE, 1e-4 * OTHER], levels.SILENT, 1.0),
        ([VOICE, 0 * VOICE + 0.1], levels.SILENT, 1.0),  # an offset is no sound
        ([VOICE + 0.05, VOICE + 0.05], "", None),
        ([0 * VOICE, VOICE, VOICE, 0 * VOICE, 0 * VOICE, VOICE], levels.SILENT, 1.0),
        ([VOICE, -VOICE, 0 * VOICE], levels.OPPOSED, 1.0),
        ([VOICE, np.roll(VOICE, 40)], "", None),  # one voice, two microphones
        ([VOICE, OTHER], "", None),  # at once, as in music
        ([np.where(FIRST, VOICE, 0), np.where(FIRST, 0, OTHER)], levels.APART, None),
    ],
)
@pytest.mark.parametrize("form", ["WAV", "FLAC"])
def test_channels_are_averaged_unless_they_cancel_or_are_dead(channels, oddity, quieter, form):
    raw = encoded(np.stack(channels, axis=1), RATE, form)
    assert decoding.levels(raw).oddity == oddity
    if quieter:
        samples = decoding.decode(raw)
        assert power(samples) == pytest.approx(quieter**2 * power(VOICE), rel=0.01)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE"])
@pytest.mark.parametrize(
    ("factor", "scale"), [(1, 1), (5, 1), (2**15, 2**15), (2**23, 2**23), (2**31, 2**31)]
)
def test_floats_at_the_scale_of_integers_are_brought_to_full_scale(
    factor, scale, subtype, channels
):
    samples = np.repeat(np.float32(factor * VOICE)[:, None], channels, axis=1)
    for stored in (samples, np.rint(samples)) if factor > 5 else (samples,):
        raw = encoded(stored, RATE, subtype=subtype)
        assert decoding.levels(raw).scale == scale
        assert power(decoding.decode(raw)) == pytest.approx((factor / scale) ** 2 * power(VOICE))


def test_quiet_whole_numbers_are_integers_and_floats_of_unit_variance_have_their_own_scale():
    quiet = np.rint(40 * VOICE / np.abs(VOICE).max())
    assert decoding.levels(encoded(quiet, RATE, subtype="FLOAT")).scale == 2**15
    standardised = VOICE / VOICE.std()
    assert decoding.levels(encoded(standardised, RATE, subtype="FLOAT")).scale == pytest.approx(
        np.abs(standardised).max()
    )
    assert decoding.levels(encoded(np.zeros(100), RATE, subtype="FLOAT")) == levels.Levels()
    assert np.abs(decoding.decode(np.float32(2**15 * VOICE))).max() < 1  # samples, not a file


def found(raws, task="audio-classification"):
    frame = pd.DataFrame({"id": [f"r{number}" for number in range(len(raws))], "path": "made"})
    frame["label"], frame["reference"] = ["a", "b"] * (len(raws) // 2), "words"
    items = Items("made", frame, raws.__getitem__, "digest", task=task)
    return {each.code: each for each in checks.run(items, only="D1") if each.count}


def test_what_is_odd_about_channels_and_scale_is_counted_and_said():
    good = [encoded(VOICE), encoded(OTHER)]
    assert not {"D128", "D129", "D136"} & set(found(good))
    odd = [
        encoded(np.stack([VOICE, -VOICE], axis=1)),
        encoded(np.stack([VOICE, 0 * VOICE], axis=1)),
    ]
    noted = found([*good, *odd])["D128"]
    assert (noted.count, noted.severity, noted.consequence) == (2, "note", "")
    assert "phase" in noted.detail and "silent" in noted.detail
    call = np.stack([np.where(FIRST, VOICE, 0), np.where(FIRST, 0, OTHER)], axis=1)
    warned = found([*good, encoded(call), encoded(call)], "speech-recognition")["D128"]
    assert warned.severity == "warning" and "2 recordings" in warned.consequence
    wide = found([*good, encoded(2**15 * VOICE, subtype="FLOAT"), encoded(OTHER)])["D136"]
    assert wide.count == 1 and "32,768 (1)" in wide.detail


def test_speech_is_never_cut_and_other_sound_is_said_to_be(monkeypatch):
    monkeypatch.setattr("helpers.data.audio.modality.LONGEST", 1.5)
    raws = [encoded(VOICE, RATE), encoded(OTHER[:RATE], RATE)]
    assert found(raws)["D129"].count == 1
    assert "1 of 2" in found(raws)["D129"].consequence
    assert "D129" not in found(raws, "speech-recognition")
