"""What the data notebook shows, on data whose answers are known."""

import numpy as np
import pytest
from PIL import Image

from helpers.data import preparation, summary


@pytest.fixture
def prepared(repository):
    """Prepare 40 images of two classes with one copy and one text file among them."""
    for index in range(40):
        file = repository / "pets" / ("cat" if index % 4 else "dog") / f"{index:02d}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(index).integers(0, 256, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(noise).save(file)
    cats = repository / "pets" / "cat"
    (cats / "copy.png").write_bytes((cats / "01.png").read_bytes())
    (cats / "text.png").write_text("no image")
    return preparation.prepare({"folder": {"path": "pets"}})


def test_examples_show_every_class_and_copies_their_pairs(prepared):
    images, captions = summary.examples(prepared, each=3)
    assert captions == ["cat"] * 3 + ["dog"] * 3 and images[0].shape == (8, 8, 3)
    images, captions = summary.duplicates(prepared)
    assert captions == ["cat/01.png: cat", "cat/copy.png: cat"]
    assert (images[0] == images[1]).all()


def test_balance_and_proof_count_what_is_there(prepared):
    counts = summary.balance(prepared)
    assert counts.to_numpy().sum() == 41 and counts.index.tolist() == ["cat", "dog"]
    assert list(counts.columns) == ["train", "validation", "test"]
    proof = summary.split_leakage_table(prepared).set_index("what")
    assert proof[summary.CROSSING].sum() == 0
    assert proof.loc["images with equal pixels"].tolist() == [40, 1, 0]
    prepared.frame.loc[prepared.frame["id"] == "cat/copy.png", "split"] = "train"
    prepared.frame.loc[prepared.frame["id"] == "cat/01.png", "split"] = "test"
    assert summary.split_leakage_table(prepared)[summary.CROSSING].tolist() == [0, 1, 1]
    assert any(each.startswith("2 families") for each in summary.sentences(prepared))


def test_sentences_follow_the_numbers(prepared):
    text = " ".join(summary.sentences(prepared))
    for fact in ("41 images", "2 classes", "cat", "75.6%", "1 image left out"):
        assert fact in text
    assert "D101" in text and "D301" in text and "D203" not in text
    assert summary.dropped(prepared)["such as"].tolist() == ["cat/text.png"]
    assert summary.facts(prepared)["licence"] == "not stated by the source"
