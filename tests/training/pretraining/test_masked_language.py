"""Texts without labels: what is learned from them, and a backbone of its own."""

from dataclasses import replace

import numpy as np
import pytest
from factories.dataset import positions
from factories.texts import COMMON, WORDS, made_texts

from helpers import models
from helpers.config import pretraining
from helpers.core.errors import UserError
from helpers.models.text import sentence_bert
from helpers.training import fit
from helpers.training.pretraining import run
from helpers.training.results import AdaptationRequest

NAME = "pretrained:tiny/masked-language"
PROBE = {"weights": None, "max_tokens": None, "class_weight": None, "regularisation": [0.1, 1.0]}
TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *COMMON, *sum(WORDS.values(), [])]


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    """Stand a small BERT with random weights in for MiniLM."""
    from tokenizers import Tokenizer, pre_tokenizers, processors
    from tokenizers import models as kinds

    numbers = {token: row for row, token in enumerate(TOKENS)}
    tokenizer = Tokenizer(kinds.WordLevel(numbers, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    content = tokenizer.to_str().encode()

    def body(spec):
        import keras
        import keras_hub

        keras.utils.set_random_seed(spec.seed)
        sizes = {"dropout": 0.0, "max_sequence_length": 32}
        return keras_hub.models.BertBackbone(len(TOKENS), 2, 2, 16, 32, **sizes)

    family = sentence_bert.SentenceFamily(body, lambda: content)
    monkeypatch.setattr(sentence_bert, "of_archive", lambda spec: family)


def asked(**options):
    values = {"method": "masked-language", "max_tokens": 24, "epochs": 2, "rate": 3e-3} | options
    [backbone] = pretraining.parse(values, "params/tiny.yaml", "text-classification")
    return backbone


def poisoned(data, side):
    rows, read = set(positions(data, side).tolist()), data.items.raw
    other = replace(data.items, raw=lambda row: "the the" if row in rows else read(row))
    return replace(data, items=other)


@pytest.mark.slow
def test_it_learns_from_train_texts_alone_and_is_a_backbone_like_any_other(repository):
    data = made_texts()
    made = run.pretrain(data, asked())
    losses = [row.validation for row in made.record.history]
    assert losses[1] < losses[0] < 2 * np.log(len(TOKENS))
    assert made.record.items == len(positions(data, "train")) and made.record.max_tokens == 24
    assert run.pretrain(poisoned(data, "test"), asked()).record.digest == made.record.digest
    assert run.pretrain(poisoned(data, "train"), asked()).record.digest != made.record.digest
    hidden, guessed = made.pictures["with tokens hidden"], made.pictures["guessed"]
    assert any("[MASK]" in text for text in hidden)
    assert len(guessed) == 8 and all(text.startswith("[CLS]") for text in guessed)

    run.save("tiny", [made])
    loaded = models.load(NAME, modality="text")
    for ours, theirs in zip(loaded.network.get_weights(), made.weights, strict=True):
        assert np.array_equal(ours, theirs)
    plain = models.describe("all-minilm-l6-v2", size=24, modality="text")
    assert loaded.card.digest != plain.digest
    assert loaded.card.at("1").digest not in (plain.at("1").digest, loaded.card.digest)
    assert loaded.card.at("1").load().network.count_params() < loaded.network.count_params()
    request = AdaptationRequest(data, NAME, PROBE, "accuracy", 0)
    trained = fit.fit(request, "probe-a", "probe")
    assert len(fit.predict(trained).table) and trained.result.doubts == made.record.doubts
    scratch = models.load(NAME, "none", seed=3, modality="text")
    assert not np.array_equal(scratch.network.get_weights()[0], made.weights[0])
    (repository / "build" / "tiny" / "backbones.npz").write_bytes(b"no archive")
    with pytest.raises(UserError, match="0-pretrain again"):
        models.load(NAME, modality="text")


def test_special_tokens_are_never_hidden(repository):
    made = run.pretrain(made_texts(), asked(epochs=1))
    for text in made.pictures["with tokens hidden"]:
        tokens = text.split()
        assert tokens[0] == "[CLS]" and tokens[-1] == "[SEP]" and "[PAD]" not in tokens
