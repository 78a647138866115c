"""The same encoder by sentence-transformers."""

import os

from helpers.benchmark import sentence_transformers

STAND_IN = """
import os
from pathlib import Path
import numpy as np

class SentenceTransformer:
    def __init__(self, folder, device):
        self.folder = Path(folder)

    def encode(self, texts, normalize_embeddings):
        there = (self.folder / "model.safetensors").is_file()
        return np.array([[self.max_seq_length, os.getpid(), there]] * len(texts))
"""


def test_sentence_transformers_encodes_in_a_separate_process(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "torch.py").touch()
    (tmp_path / "sentence_transformers.py").write_text(STAND_IN)
    assert sentence_transformers.installed()
    with sentence_transformers.encoder("all-minilm-l6-v2", 64) as encode:
        features = encode(["a", "b"])
    assert features.shape == (2, 3) and features[0, 0] == 64 and features[0, 2] == 1
    assert features[0, 1] != os.getpid()
