"""The benchmark: its arithmetic, and that its ways do what they say."""

import os

import numpy as np
import pandas as pd
import pytest

from helpers.benchmark import image_inference, linear_probes, sentence_transformers, studies, timing

TIMES = pd.DataFrame(
    {"way": ["a", "b", "a", "b", "a", "b"], "round": [1, 1, 2, 2, 3, 3]}
    | {"seconds": [2.0, 4.0, 1.0, 8.0, 4.0, 5.0]}
)

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


def test_ways_are_timed_in_turns():
    order = []
    ways = {"a": lambda: order.append("a"), "b": lambda: order.append("b")}
    times = timing.interleaved(ways, repeats=3)
    assert order == ["a", "b"] * 3 and times["way"].tolist() == order
    assert (times["seconds"] >= 0).all()


def test_medians_and_extremes_in_seconds_and_in_items():
    seconds = timing.summary(TIMES).set_index("way")
    assert seconds.loc["a"].tolist() == [2.0, 1.0, 4.0]
    rates = timing.summary(TIMES, items=8)
    assert rates.set_index("way").loc["b"].tolist() == [1.6, 1.0, 2.0]
    assert timing.text(rates, "pictures/s").splitlines()[0] == "a     4.00 pictures/s [2.00, 8.00]"


def test_sentences_are_made_of_the_numbers():
    names = ["our engine", "keras.Model.predict, batch 32"]
    rates = pd.DataFrame(
        {"way": [*names, *(f"{name}, in memory" for name in names)], "median": [90, 40, 100, 50]}
    )
    said = image_inference.sentences(rates)
    assert "2.25 times as fast as keras.Model.predict, batch 32." in said[0]
    assert "in memory is 2.00 times" in said[1]
    times = pd.DataFrame({"way": [studies.WHOLE, studies.BARE], "seconds": [44.0, 40.0]})
    assert "add 4.0 s to 40.0 s of sums: 10%, or 1.0 s a notebook" in studies.sentences(times)[0]


def test_the_machine_has_a_limit():
    assert image_inference.matrix_limit(2.0, repeats=1) < image_inference.matrix_limit(
        0.1, repeats=1
    )


def test_the_copy_holds_a_study_and_an_edit_changes_code(tmp_path):
    from helpers.core import code_digest

    with studies.copied() as root:
        assert "efficientnet-lite0" in (root / "params" / "bench.yaml").read_text()
        file = root / studies.EDITED
        before = code_digest._tree(file.read_text())
        studies._edit(root)
        assert len(code_digest._tree(file.read_text()).body) == len(before.body) + 1
    assert not root.exists()


def test_a_study_that_fails_says_why(tmp_path):
    with pytest.raises(studies.UserError, match="the benchmark's study failed: .*no such command"):
        studies._run(tmp_path, ["sh", "-c", "echo no such command >&2; exit 3"])


def test_our_probes_give_the_answers_that_theirs_give():
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, 400)
    values = (random.normal(size=(3, 20))[labels] + random.normal(size=(400, 20))).astype("float32")
    material = linear_probes.Material(values, labels, np.arange(250), np.arange(250, 400), 3)
    times, accuracy = linear_probes.compare(material, rounds=1)
    assert set(times["way"]) == set(linear_probes.WAYS)
    for ours, theirs in linear_probes.PAIRS:
        assert accuracy[ours] == pytest.approx(accuracy[theirs], abs=0.03) and accuracy[ours] > 0.8
    said = linear_probes.sentences(times, accuracy)
    assert "RidgeClassifierCV" in said[0] and "LogisticRegressionCV" in said[1]


def test_sentence_transformers_encodes_in_a_process_of_its_own(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "torch.py").touch()
    (tmp_path / "sentence_transformers.py").write_text(STAND_IN)
    assert sentence_transformers.installed()
    with sentence_transformers.encoder("all-minilm-l6-v2", 64) as encode:
        said = encode(["a", "b"])
    assert said.shape == (2, 3) and said[0, 0] == 64 and said[0, 2] == 1
    assert said[0, 1] != os.getpid()
