"""A text encoder fine-tuned: its top alone, from the probe, by the clock."""

import numpy as np
import pytest
from factories.dataset import positions
from factories.texts import made_texts

from helpers import models
from helpers.models import features
from helpers.models.card import trainable_parameters
from helpers.models.text import sentence_bert
from helpers.models.text.encoder import TextCard, TextEncoder
from helpers.training import fit
from helpers.training.results import AdaptationRequest

OPTIONS = {
    "weights": None,
    "max_tokens": 24,
    "class_weight": None,
    "epochs": 2,
    "batch_size": 16,
    "rate": 3e-3,
    "decay": "linear",
    "warmup": 0.1,
    "patience": 2,
    "unfreeze": 1,
    "time_budget": None,
}


def tokenise(texts):
    words = [[1 + sum(map(ord, word)) % 60 for word in text.split()][:24] for text in texts]
    return [np.array(each, np.int32) for each in words], 0


def tiny():
    """Give a BERT of two small layers, with random weights."""
    import keras
    import keras_hub

    keras.utils.set_random_seed(0)
    body = keras_hub.models.BertBackbone(61, 2, 2, 16, 32, max_sequence_length=24)
    split = lambda top: sentence_bert.split_at(body, top)  # noqa: E731
    card = TextCard(
        name="tiny", preprocessing="words", licence="none", made_of={}, modules=(), build=tiny
    )
    network = sentence_bert.whole(body)
    return TextEncoder(card, network, trainable_parameters(network), 24, tokenise, split)


@pytest.fixture
def small(repository, monkeypatch):
    monkeypatch.setattr(models, "load", lambda *_: tiny())

    def extract(dataset, *_):
        encoder = tiny()
        running = encoder.compile(encoder.network)
        values = running.run(dataset.example, range(len(dataset.frame)))
        about = {"parameters": 1, "digest": "d"}
        return features.Features(values, 1.0, False, about)

    monkeypatch.setattr(features, "extract", extract)
    return repository


def fitted(data, adaptation="finetune", **options):
    request = AdaptationRequest(data, "tiny", OPTIONS | options, "accuracy", 0)
    return fit.fit(request, "tuned", adaptation).result


@pytest.mark.slow
def test_it_starts_as_the_probe_and_scores_as_the_whole_network(small):
    data = made_texts()
    result = fitted(data)
    assert result.history["phase"].iloc[0] == "probe" and len(result.history) == 3
    rows = positions(data, "test")
    scores = result.scores(data, rows)
    tokens, _ = tokenise([data.example(row) for row in rows])
    logits = [np.asarray(result.network(each[None], training=False))[0] for each in tokens]
    assert (scores.argmax(axis=1) == np.argmax(logits, axis=1)).all()
    assert np.allclose(result.scores(data, np.arange(len(data.frame)))[rows], scores, atol=1e-6)
    assert result.value == result.history["validation"].max()


@pytest.mark.slow
def test_the_lower_layers_stay(small):
    before, after = tiny(), fitted(made_texts()).network
    kept = before.network.get_layer("transformer_layer_0").get_weights()
    lower = next(each for each in after.layers if each.name == "lower")
    still = lower.get_layer("transformer_layer_0").get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(kept, still, strict=True))


@pytest.mark.slow
def test_two_trainings_give_the_same_bytes(small, monkeypatch, tmp_path):
    scores = []
    for number in range(2):
        monkeypatch.setenv("EVALBOOK_CACHE", str(tmp_path / str(number)))
        data = made_texts()
        scores.append(fitted(data).scores(data, positions(data, "test")).tobytes())
    assert scores[0] == scores[1]


@pytest.mark.slow
def test_a_budget_is_kept(small):
    result = fitted(made_texts(), time_budget=1e-6)
    assert len(result.history) == 1 and "was not started" in result.warnings[-1]
