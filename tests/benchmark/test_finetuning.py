"""Speed of fine-tuning: both ways train the same, and its sentences."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from helpers.benchmark import finetuning


def test_the_sentences_hold_the_ratio_and_both_scores():
    part = "image network"
    right = {f"{part}: {finetuning.OURS}": 0.9, f"{part}: {finetuning.THEIRS}": 0.85}
    some = finetuning.Trained(None, None, np.zeros(80), [], right)
    rates = pd.DataFrame({"way": right.keys(), "median": [26.0, 20.0]})
    [line] = finetuning.sentences(rates, some)
    assert "1.30 times" in line and "0.900 and 0.850 [0.6" in line


@pytest.mark.slow
def test_both_ways_train_the_same_layers(repository, monkeypatch):
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (80, 40, 40, 3)).astype(np.uint8)
    pixels[::2] //= 3
    frame = pd.DataFrame({"id": np.arange(80), "label": np.tile(["dark", "light"], 40)})
    made = SimpleNamespace(frame=frame, read=pixels.__getitem__)
    monkeypatch.setattr(finetuning.sources, "load", lambda *_, **__: made)
    part = "image network above block4"
    monkeypatch.setattr(finetuning, "PARTS", {part: finetuning.PARTS[part]})
    some = finetuning.material("scratch:efficientnet-lite0", "made", 80, "image", 32)
    for way in finetuning.ways(some, "image").values():
        way()
    assert len(some.right) == 2 and min(some.right.values()) > 0.8
