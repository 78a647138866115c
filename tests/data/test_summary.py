"""What the data notebook shows, on data whose answers are known."""

import numpy as np
import pytest
from PIL import Image

from helpers.data import preparation, summary


@pytest.fixture
def prepared(repository):
    """Prepare 40 pictures of two classes with one copy and one text file among them."""
    for index in range(40):
        file = repository / "pets" / ("cat" if index % 4 else "dog") / f"{index:02d}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(index).integers(0, 256, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(noise).save(file)
    cats = repository / "pets" / "cat"
    (cats / "copy.png").write_bytes((cats / "01.png").read_bytes())
    (cats / "text.png").write_text("no picture")
    return preparation.prepare({"folder": {"path": "pets"}})


def test_examples_show_every_class_and_copies_their_pairs(prepared):
    pictures, captions = summary.examples(prepared, each=3)
    assert captions == ["cat"] * 3 + ["dog"] * 3 and pictures[0].shape == (8, 8, 3)
    pictures, captions = summary.copies(prepared)
    assert captions == ["cat/01.png: cat", "cat/copy.png: cat"]
    assert (pictures[0] == pictures[1]).all()


def test_balance_and_proof_count_what_is_there(prepared):
    counts = summary.balance(prepared)
    assert counts.to_numpy().sum() == 41 and counts.index.tolist() == ["cat", "dog"]
    assert list(counts.columns) == ["train", "validation", "test"]
    proof = summary.proof(prepared).set_index("what")
    assert proof["on two sides"].sum() == 0
    assert proof.loc["images with equal pixels"].tolist() == [40, 1, 0]
    prepared.frame.loc[prepared.frame["id"] == "cat/copy.png", "split"] = "train"
    prepared.frame.loc[prepared.frame["id"] == "cat/01.png", "split"] = "test"
    assert summary.proof(prepared)["on two sides"].tolist() == [0, 1, 1]
    assert "2 families or groups are on two sides" in summary.sentences(prepared)[-1]


def test_sentences_follow_the_numbers(prepared):
    text = " ".join(summary.sentences(prepared))
    assert "41 images of 2 classes" in text and "Always answering cat" in text
    assert "75.6%" in text and "1 image was left out" in text
    assert "D101 unreadable or truncated pictures (1)" in text
    assert summary.dropped(prepared)["such as"].tolist() == ["cat/text.png"]
    assert summary.facts(prepared)["licence"] == "not stated by the source"
