"""What models hear: mel bands, the baseline on them, Whisper's encoder with its real weights."""

import numpy as np
import pandas as pd
import pytest
from factories.dataset import SIDES, positions, relabelled

from helpers import models
from helpers.core.errors import UserError
from helpers.data.audio import log_mel
from helpers.data.dataset import Dataset
from helpers.data.items import Items
from helpers.models.audio import whisper_encoder
from helpers.training.baselines import fit_baseline
from helpers.training.results import AdaptationRequest

RATE = 16_000
OPTIONS = {"regularisation": (1e-2, 1.0), "class_weight": None}


def tone(pitch, seconds=1.0, loud=0.1):
    return (loud * np.sin(2 * np.pi * pitch * np.arange(int(seconds * RATE)) / RATE)).astype("f4")


@pytest.mark.parametrize("pitch", [300, 1_000, 3_000, 7_000])
def test_a_tone_is_loudest_in_the_band_of_its_pitch(pitch):
    heard = log_mel.log_mel(tone(pitch), 40)
    assert heard.shape == (98, 40) and heard.dtype == np.float32  # 25 ms each, every 10 ms
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + 8_000 / 700), 42) / 2595) - 1)
    band = heard.mean(axis=0).argmax()
    assert edges[band] < pitch < edges[band + 2]


def test_loudness_is_in_decibels_and_silence_has_a_floor():
    quiet, loud = (log_mel.log_mel(tone(1_000, loud=each)).max() for each in (0.01, 0.1))
    assert loud - quiet == pytest.approx(20, abs=0.01)
    silence = log_mel.log_mel(np.zeros(10, np.float32))
    assert silence.shape == (1, 40) and silence == pytest.approx(-100)


def test_statistics_are_mean_spread_and_movement_of_each_band():
    still = log_mel.statistics(np.zeros(RATE, np.float32), 8)
    assert still[:8] == pytest.approx(-100) and not still[8:].any()
    moving = np.concatenate([tone(1_000), np.zeros(RATE, np.float32)])
    assert (log_mel.statistics(moving, 8)[8:] > 0).all()
    assert log_mel.statistics(np.zeros(1, np.float32), 8).shape == (24,)


def made(items=60):
    """Give noisy tones, low ones and high ones."""
    random = np.random.default_rng(0)
    codes = random.integers(0, 2, items)
    sounds = [tone(400 + 300 * code) + random.normal(0, 0.2, RATE).astype("f4") for code in codes]
    frame = pd.DataFrame(
        {
            "id": [f"{number:03d}" for number in range(items)],
            "split": [SIDES[number % len(SIDES)] for number in range(items)],
            "label": np.array(["low", "high"])[codes],
        }
    )
    held = Items(
        "made", frame[["id", "label"]], sounds.__getitem__, "", task="audio-classification"
    )
    return Dataset("tones", frame, ("low", "high"), "", held)


def test_the_baseline_tells_tones_apart_and_sees_no_label_of_the_test():
    data, fits = made(), []
    for each in (data, relabelled(data, "test")):
        fits.append(fit_baseline(AdaptationRequest(each, "log-mel", OPTIONS, "accuracy", 0)))
    rows = positions(data, "test")
    first, second = (fit.scores(data, rows) for fit in fits)
    assert (first.argmax(axis=1) == data.labels[rows]).mean() > 0.9
    assert np.array_equal(first, second) and "log-mel" in fits[0].backbone["preprocessing"]


def test_whispers_encoder_hears_the_same_in_windows_of_any_length(archives):
    card = models.describe("whisper-tiny.en", modality="audio")
    encoder = card.load()
    running = encoder.compile(encoder.network, 1)
    noise = np.random.default_rng(0).normal(0, 0.05, 40 * RATE).astype(np.float32)
    sounds = [tone(300), tone(300) / 2, tone(3_000), noise[:80], noise]
    found = running.run(sounds.__getitem__, range(5))
    assert found.shape == (5, 384) and np.isfinite(found).all()
    assert np.array_equal(found[:1], running.run(sounds.__getitem__, [0]))
    spread = encoder.compile(encoder.network, 3)  # a recording on each core changes no number
    assert np.array_equal(found, spread.run(sounds.__getitem__, range(5)))
    apart = np.linalg.norm(found[0] - found[1:3], axis=1)
    assert apart[0] < apart[1] / 3  # half the loudness changes less than another pitch
    # an output every 20 ms, none for what is padding alone; long ones are cut and weighed
    assert len(running._window(tone(300, 0.5))) == 25 and len(running._window(noise[:80])) == 1
    cut = list(whisper_encoder.windows.cut([noise]))
    every = np.concatenate([running._window(each) for each in cut])
    assert len(cut) == 2 and found[4] == pytest.approx(every.mean(axis=0), abs=1e-5)
    about = encoder.about(encoder.network, running)
    assert about["parameters"] == 37_184_256 and about["engine"] == card.engine()


def test_of_a_whisper_only_its_languages_can_be_asked_for_and_of_an_english_one_none(archives):
    with pytest.raises(UserError, match="only whisper-base@languages is known"):
        models.describe("whisper-base@3", modality="audio")
    card = models.describe("whisper-tiny.en@languages", modality="audio")
    assert card.digest != models.describe("whisper-tiny.en", modality="audio").digest
    encoder = card.load()
    with pytest.raises(UserError, match="English alone"):
        encoder.compile(encoder.network, 1)


@pytest.mark.slow
def test_whisper_gives_each_language_a_probability(archives):
    encoder = models.load("whisper-base@languages", modality="audio")
    running = encoder.compile(encoder.network, 1)
    noise = np.random.default_rng(0).normal(0, 0.05, 31 * RATE).astype(np.float32)
    found = running.run([tone(300), noise].__getitem__, range(2))
    names = encoder.about(encoder.network, running)["languages"].split()
    assert found.shape == (2, len(names)) and {"en", "fr", "ru"} < set(names)
    assert found.sum(axis=1) == pytest.approx(1, abs=1e-3)
