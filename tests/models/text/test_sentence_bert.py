"""Texts to features: the reference's own numbers, whatever stands beside a text in a batch."""

import json
import sys

import numpy as np
import pytest
from factories.repository import REPOSITORY

from helpers import models
from helpers.catalogue import entries
from helpers.core.errors import UserError
from helpers.models.inference import openvino, texts
from helpers.models.text import sentence_bert

GOLDEN = json.loads((REPOSITORY / "tests" / "golden" / "minilm.json").read_text(encoding="utf-8"))
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
    """Origin of the golden vectors: see ``origin`` in tests/golden/minilm.json."""
    golden = np.array(GOLDEN["vectors"])
    assert (vectors * golden).sum(axis=1).min() >= 0.999999
    assert np.abs(vectors - golden).max() < 5e-6


def test_neighbours_and_order_change_no_bit(running, vectors):
    order = np.random.default_rng(1).permutation(len(TEXTS))
    assert running.run(TEXTS.__getitem__, order).tobytes() == vectors[order].tobytes()
    for alone in (3, 7, 9):
        assert running.run(TEXTS.__getitem__, [alone])[0].tobytes() == vectors[alone].tobytes()


@pytest.mark.slow
def test_the_size_of_a_batch_and_threads_change_no_score(encoder, vectors, monkeypatch):
    monkeypatch.setattr(texts, "ROWS", 3)
    other = encoder.compile(encoder.network, 1).run(TEXTS.__getitem__, range(len(TEXTS)))
    assert np.abs(other - vectors).max() < 1e-6


def test_padding_is_masked(encoder):
    tokens, _ = encoder.tokenise([TEXTS[0]])
    plain = encoder.network(tokens[0][None], training=False)
    padded = encoder.network(texts.pad(tokens, 1, 64), training=False)
    assert np.abs(np.asarray(plain) - np.asarray(padded)).max() < 1e-6


def test_what_is_cut_is_counted_and_shown(encoder):
    card = models.describe("all-minilm-l6-v2", size=16, modality="text")
    entry = entries.model("all-minilm-l6-v2")
    content = sentence_bert._read(entry.archive, entry.member, "tokenizer.json")
    tokenise = sentence_bert.tokeniser(sentence_bert.SentenceFamily(None, lambda: content), 16)
    nothing = openvino.Compiled("none", 1, lambda: lambda x: np.zeros((len(x), 2)))
    engine = texts.TextEngine("none", nothing, 2, tokenise)
    engine.run(TEXTS.__getitem__, range(len(TEXTS)))
    assert engine.seen == len(TEXTS)
    assert engine.truncated == sum(card.shorten(text) != text for text in TEXTS) > 0
    assert card.shorten(TEXTS[9]).startswith("The quick brown") and card.shorten("Hi.") == "Hi."


@pytest.mark.slow
def test_the_parted_network_is_the_whole(encoder, vectors):
    top = encoder.unfrozen({"unfreeze": 2})
    inputs = top.inputs(TEXTS.__getitem__, range(len(TEXTS)), "texts")
    assert inputs[0].shape == (len(TEXTS), 256, 384) and inputs[1].sum() > len(TEXTS)
    said = top.network.predict(list(inputs), verbose=0)
    assert np.abs(said - vectors).max() < 1e-5
    whole = top.whole(top.network)
    tokens, _ = encoder.tokenise(TEXTS[:1])
    assert np.abs(np.asarray(whole(tokens[0][None])) - vectors[:1]).max() < 1e-5


def test_random_weights_are_the_seeds_and_say_something_else(encoder, vectors):
    tokens = encoder.tokenise(TEXTS[:1])[0][0][None]
    options = {"size": 32, "modality": "text"}
    card = models.describe("scratch:all-minilm-l6-v2", seed=1, **options)
    one, again = (np.asarray(card.load().network(tokens, training=False)) for _ in range(2))
    assert one.tobytes() == again.tobytes() and np.abs(one - vectors[:1]).max() > 0.05
    assert card.digest != models.describe("scratch:all-minilm-l6-v2", seed=2, **options).digest


def test_word_vectors_are_averaged_over_the_known_words():
    model = models.load("glove-6b-50d", modality="text")
    vectors = model.compile(model.network)
    texts = ["the cat", "THE cat zzyzzyx", "zzyzzyx"]
    said = vectors.run(texts.__getitem__, range(3))
    mean = vectors.vectors[[vectors.rows["the"], vectors.rows["cat"]]].mean(axis=0)
    assert (
        np.allclose(said[0], mean, atol=1e-6) and (said[0] == said[1]).all() and not said[2].any()
    )
    assert (vectors.seen, vectors.unknown) == (6, 2)
    with pytest.raises(UserError, match="no network to train"):
        model.unfrozen({})


def test_a_preset_in_a_folder_keeps_its_own_tokenizer(repository):
    import keras_hub

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "sat", "##s"]
    tokenizer = keras_hub.models.BertTokenizer(vocabulary=words, lowercase=True)
    body = keras_hub.models.BertBackbone(9, 1, 2, 8, 16, max_sequence_length=16)
    body.save_to_preset(repository / "preset")
    tokenizer.save_to_preset(repository / "preset")
    encoder = models.load("kerashub:preset", size=5, modality="text")
    tokens, cut = encoder.tokenise(["The cat sat", "the cats sat the cat"])
    assert [each.tolist() for each in tokens] == [[2, 5, 6, 7, 3], [2, 5, 6, 8, 3]] and cut == 1
    given = {"token_ids": tokens[0][None], "padding_mask": np.ones((1, 5))}
    hidden = body({**given, "segment_ids": np.zeros((1, 5))})["sequence_output"]
    expected = np.asarray(hidden).mean(axis=1)
    padded = texts.pad(tokens[:1], 1, 8)
    assert np.allclose(np.asarray(encoder.network(padded)), expected, atol=1e-5)


def test_padding_may_have_any_number(repository):
    """RoBERTa's padding is 1, and its 0 opens each text."""
    import keras_hub

    letters = {
        "<s>": 0,
        "<pad>": 1,
        "</s>": 2,
        "<unk>": 3,
        "<mask>": 4,
        "ca": 5,
        "t": 6,
        "c": 7,
        "a": 8,
    }
    tokenizer = keras_hub.models.RobertaTokenizer(vocabulary=letters, merges=["c a"])
    body = keras_hub.models.RobertaBackbone(9, 1, 2, 8, 16, max_sequence_length=16)
    body.save_to_preset(repository / "preset")
    tokenizer.save_to_preset(repository / "preset")
    encoder = models.load("kerashub:preset", size=6, modality="text")
    tokens, _ = encoder.tokenise(["cat"])
    assert tokens[0].tolist() == [1, 5, 6, 2]
    given = {"token_ids": np.array([[0, 5, 6, 2]]), "padding_mask": np.ones((1, 4))}
    expected = np.asarray(body(given)).mean(axis=1)
    padded = texts.pad(tokens, 1, 8)
    assert np.allclose(np.asarray(encoder.network(padded)), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "hf:any/model",
            "needs torch: pip install 'evalbook\\[torch\\]', or for images ONNX",
        ),
        ("kerashub:no_such_preset", "kerashub:no_such_preset: no text encoder"),
        ("keras:ResNet50", "unknown kind of model 'keras'"),
        ("all-minilm-l6-v2@9", "its layers are 1 to 6"),
        ("glove-6b-50d@2", "cannot be cut at a layer"),
        ("scratch:glove-6b-50d", "take neither `weights: none`"),
    ],
)
def test_a_model_that_cannot_be_had_is_one_line(name, line, monkeypatch):
    monkeypatch.setenv("EVALBOOK_ROOT", str(REPOSITORY))
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(UserError, match=line) as caught:
        models.load(name, modality="text")
    assert "\n" not in str(caught.value)
