"""Texts to features: the reference's own numbers, whatever stands beside a text in a batch."""

import json

import numpy as np
import pytest
from conftest import REPOSITORY

from helpers import engine, models, text_engine  # noqa: F401
from helpers.errors import UserError

GOLDEN = json.loads((REPOSITORY / "tests" / "texts" / "minilm.json").read_text(encoding="utf-8"))
TEXTS = GOLDEN["sentences"]


@pytest.fixture(scope="module")
def encoder():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVALBOOK_ROOT", str(REPOSITORY))
        yield models.load("all-minilm-l6-v2", modality="text")


@pytest.fixture(scope="module")
def running(encoder):
    return encoder.compile(encoder.network)


@pytest.fixture(scope="module")
def vectors(running):
    return running.run(TEXTS.__getitem__, range(len(TEXTS)))


def test_sentences_lie_where_the_reference_puts_them(vectors):
    """Origin of the golden vectors: see ``origin`` in tests/texts/minilm.json."""
    golden = np.array(GOLDEN["vectors"])
    assert (vectors * golden).sum(axis=1).min() >= 0.999999
    assert np.abs(vectors - golden).max() < 5e-6


@pytest.mark.parametrize("threads", [1, 2])
def test_neighbours_order_and_threads_change_no_bit(encoder, vectors, threads):
    running = encoder.compile(encoder.network, threads)
    order = np.random.default_rng(threads).permutation(len(TEXTS))
    assert running.run(TEXTS.__getitem__, order).tobytes() == vectors[order].tobytes()
    for alone in (3, 7, 9):
        assert running.run(TEXTS.__getitem__, [alone])[0].tobytes() == vectors[alone].tobytes()


def test_the_size_of_a_batch_changes_no_score(encoder, vectors, monkeypatch):
    for rows in (1, 5):
        monkeypatch.setattr(text_engine, "ROWS", rows)
        other = encoder.compile(encoder.network).run(TEXTS.__getitem__, range(len(TEXTS)))
        assert np.abs(other - vectors).max() < 1e-6


def test_padding_is_masked(encoder):
    tokens, _ = encoder.tokenise([TEXTS[0]])
    plain = encoder.network(tokens[0][None], training=False)
    padded = encoder.network(text_engine.pad(tokens, 1, 64), training=False)
    assert np.abs(np.asarray(plain) - np.asarray(padded)).max() < 1e-6


def test_what_is_cut_is_counted_and_shown():
    card = models.describe("all-minilm-l6-v2", size=16, modality="text")
    running = card.load().compile(card.load().network)
    running.run(TEXTS.__getitem__, range(len(TEXTS)))
    assert running.seen == len(TEXTS)
    _, cut = card.load().tokenise(TEXTS)
    assert running.truncated == cut == sum(card.shorten(text) != text for text in TEXTS) > 0
    assert card.shorten(TEXTS[9]).startswith("The quick brown fox") and TEXTS[0] == card.shorten(
        TEXTS[0]
    )


def test_the_parted_network_is_the_whole(encoder, vectors):
    top = encoder.unfrozen({"unfreeze": 2})
    inputs = top.inputs(TEXTS.__getitem__, range(len(TEXTS)), "texts")
    assert inputs[0].shape == (len(TEXTS), 256, 384) and inputs[1].sum() > len(TEXTS)
    said = top.network.predict(list(inputs), verbose=0)
    assert np.abs(said - vectors).max() < 1e-5
    whole = top.whole(top.network)
    tokens, _ = encoder.tokenise(TEXTS[:1])
    assert np.abs(np.asarray(whole(tokens[0][None])) - vectors[:1]).max() < 1e-5


def test_random_weights_are_the_seeds_and_say_something_else(vectors):
    def said(seed):
        card = models.describe("scratch:all-minilm-l6-v2", size=32, seed=seed, modality="text")
        encoder = card.load()
        return encoder.compile(encoder.network).run(TEXTS.__getitem__, range(3))

    one, again, other = said(1), said(1), said(2)
    assert one.tobytes() == again.tobytes() != other.tobytes()
    assert np.abs(one - vectors[:3]).max() > 0.05


def test_word_vectors_are_averaged_over_the_known_words():
    vectors = models.load("glove-6b-50d", modality="text")
    texts = ["the cat", "THE cat zzyzzyx", "zzyzzyx"]
    said = vectors.run(texts.__getitem__, range(3))
    mean = vectors.vectors[[vectors.places["the"], vectors.places["cat"]]].mean(axis=0)
    assert (
        np.allclose(said[0], mean, atol=1e-6) and (said[0] == said[1]).all() and not said[2].any()
    )
    assert (vectors.seen, vectors.unknown) == (6, 2)
    with pytest.raises(UserError, match="no network to train"):
        vectors.unfrozen({})
