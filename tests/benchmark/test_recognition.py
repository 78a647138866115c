"""Speed of recognition: both ways hear the same words, and its sentences."""

import numpy as np
import pandas as pd
import pytest

from helpers.benchmark import recognition
from helpers.core import cost


def test_the_sentence_holds_the_ratio_the_real_time_factors_and_the_share():
    name = "whisper-base"
    rates = pd.DataFrame(
        {"way": [f"{name}: {recognition.OURS}", f"{name}: {recognition.THEIRS}"], "median": [2, 1]}
    )
    recordings = [np.zeros(16000), np.zeros(3 * 16000)]
    [line] = recognition.sentences(rates, recordings, fastest=4 * recognition.gflops(name))
    assert "2.00 times" in line and "0.250 beside 0.500" in line and "0.50 of" in line


@pytest.mark.slow
def test_operations_are_those_that_tensorflow_counts_in_the_encoder():
    import keras
    import keras_hub

    width, layers = recognition.WIDTHS["base"]
    sizes = {"num_layers": layers, "num_heads": 8, "hidden_dim": width}
    sizes |= {"intermediate_dim": 4 * width, "vocabulary_size": 10}
    whole = keras_hub.models.WhisperBackbone(**sizes)
    given, made = whole.input["encoder_features"], whole.output["encoder_sequence_output"]
    counted = cost.gflops(keras.Model(given, made), (3000, 80))
    products = 4 * layers * recognition.FRAMES**2 * width / 1e9  # of attention, which it leaves out
    assert recognition.gflops("whisper-base") == pytest.approx(counted + products, rel=0.02)


@pytest.mark.slow
def test_both_ways_hear_the_same_words(repository):
    recordings = recognition.sounds("prompts-english", 8)[:4]
    assert len(recognition.ways(["whisper-tiny.en"], recordings)) == 2


@pytest.mark.slow
def test_other_words_are_refused(repository, monkeypatch):
    monkeypatch.setattr(recognition, "_theirs", lambda *_: lambda: ["other words"])
    recordings = recognition.sounds("prompts-english", 8)[:1]
    with pytest.raises(recognition.UserError, match="whisper-tiny.en"):
        recognition.ways(["whisper-tiny.en"], recordings)
