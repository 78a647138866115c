"""Noise is added to all of a recording."""

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
