"""Noise is added to all of a recording."""

import threading

import numpy as np
import pandas as pd

from helpers.core import paths
from helpers.data import dataset
from helpers.data.items import Items
from helpers.models.speech import Recogniser, RecogniserCard
from helpers.training import hearing, noisy_transcription
from helpers.training.noisy_transcription import NoisePlan


def test_a_long_recording_is_heard_to_its_end_with_noise_too():
    long = np.random.default_rng(0).normal(0, 0.1, 310 * 16_000).astype(np.float32)
    frame = pd.DataFrame({"id": ["long"], "label": "speech", "reference": "all of it"})
    frame = frame.assign(path="long", split="test")
    items = Items("made", frame, lambda index: long, "", task="speech-recognition")
    data = dataset.Dataset("made", frame, ("speech",), "", items)
    counting = Recogniser("made", lambda samples, language: str(len(samples)), "made")
    plan = NoisePlan({"white": [20.0], "band": [8000.0]}, 1, 0)
    noisy = noisy_transcription.hearing(data, np.array([0]), plan)
    heard = noisy_transcription.table(noisy, noisy.run(counting, noisy.work(None, None)))
    for text in heard["hypothesis"]:
        assert sum(map(int, text.split())) == len(long)


def test_many_utterances_are_transcribed_in_shards_with_the_same_noise(repository, monkeypatch):
    random = np.random.default_rng(0)
    sounds = [random.normal(0, 0.1, 1000 + row).astype(np.float32) for row in range(7)]
    frame = pd.DataFrame({"id": [f"u{row}" for row in range(7)], "label": "speech"})
    frame = frame.assign(reference="x", path="x", split="test")
    items = Items("made", frame, sounds.__getitem__, "", task="speech-recognition")
    data = dataset.Dataset("made", frame, ("speech",), "", items)
    heard = []

    def hear(samples, language):
        heard.append(len(samples))
        return f"{samples.sum():.9f}"

    recogniser = Recogniser("made", hear, "made")
    card = RecogniserCard("made", "", "", {}, lambda threads: recogniser)
    noisy = noisy_transcription.hearing(data, np.arange(7), NoisePlan({"white": [20.0, 5.0]}, 7, 3))
    at_once = noisy.run(recogniser, noisy.work(None, None))
    monkeypatch.setattr(hearing, "LARGE", 5)
    monkeypatch.setattr(hearing, "SHARD", 4)
    work = noisy.work(card, None)
    assert len(work.keys) == 4
    heard.clear()
    in_shards = noisy.run(recogniser, work)
    assert [each.text for each in in_shards] == [each.text for each in at_once]
    assert len(heard) == 14 and len(list(paths.cache("shards").glob("*.entry"))) == 4
    assert noisy.run(recogniser, work) == in_shards and len(heard) == 14


def test_utterances_that_are_not_timed_are_heard_side_by_side_in_their_order():
    random, together = np.random.default_rng(0), threading.Barrier(2, timeout=60)
    sounds = [random.normal(0, 0.1, 1000 + row).astype(np.float32) for row in range(4)]
    frame = pd.DataFrame({"id": [f"u{row}" for row in range(4)], "label": "speech"})
    frame = frame.assign(reference="x", path="x", split="test")
    items = Items("made", frame, sounds.__getitem__, "", task="speech-recognition")
    data = dataset.Dataset("made", frame, ("speech",), "", items)

    def waiting(samples, language):
        together.wait()  # for another one
        return f"{samples.sum():.9f}"

    alone = Recogniser("made", lambda samples, language: f"{samples.sum():.9f}", "made")
    loaded = Recogniser("made", alone.hear, "made", side_by_side=lambda count: waiting)
    noisy = noisy_transcription.hearing(data, np.arange(4), NoisePlan({"white": [5.0]}, 4, 3))
    one_by_one = noisy.run(alone, noisy.work(None, 2))
    both = noisy.run(loaded, noisy.work(None, 2))
    assert [each.text for each in both] == [each.text for each in one_by_one]
    assert loaded.spread(1) is loaded and loaded.spread(2).at_once == 2
