"""Noise is added to all of a recording."""

import numpy as np
import pandas as pd

from helpers.data import dataset
from helpers.data.items import Items
from helpers.models.speech import Recogniser
from helpers.training import noisy_transcription
from helpers.training.noisy_transcription import NoisePlan


def test_a_long_recording_is_heard_to_its_end_with_noise_too():
    long = np.random.default_rng(0).normal(0, 0.1, 310 * 16_000).astype(np.float32)
    frame = pd.DataFrame({"id": ["long"], "label": "speech", "reference": "all of it"})
    frame = frame.assign(path="long", split="test")
    items = Items("made", frame, lambda index: long, "", task="speech-recognition")
    data = dataset.Dataset("made", frame, ("speech",), "", items)
    counting = Recogniser("made", lambda samples, language: str(len(samples)), "made")
    plan = NoisePlan({"white": [20.0], "band": [8000.0]}, 1, 0)
    heard = noisy_transcription.transcribe(counting, data, np.array([0]), plan)
    for text in heard["hypothesis"]:
        assert sum(map(int, text.split())) == len(long)
