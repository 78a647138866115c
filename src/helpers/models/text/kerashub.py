"""Text encoders of KerasHub by preset, from a hub or a folder, with their own tokenizer."""

from typing import Any

import numpy as np

from helpers.core import folder_digest, paths
from helpers.core.errors import UserError, reason
from helpers.models.text.encoder import Encoder, TextCard, Tokenise, swapped

TOKENS = 128
STARTS, ENDS = ("cls_token_id", "start_token_id"), ("sep_token_id", "end_token_id")
PADS = ("pad_token_id",)


def card(preset: str, pretrained: bool, max_tokens: int | None, seed: int) -> TextCard:
    """Describe a preset: a name such as ``bert_tiny_en_uncased``, a hub's handle, or a folder.

    Raises
    ------
    UserError
        When loading: no such preset, no network connection, or no encoder of texts.
    """
    folder, size = paths.root() / preset, max_tokens or TOKENS
    content = folder_digest.of_folder(folder) if folder.is_dir() else preset
    named = str(folder) if folder.is_dir() else preset
    words = f"the preset's tokenizer, at most {size} tokens; the mean of the last layer"
    licence = "of the preset's authors, see its model card"

    def build() -> Encoder:
        body, tokenizer = _parts(named, preset, pretrained, seed)
        padding = _special(tokenizer, PADS) or 0
        network, tokenise = _network(body, preset, padding), _tokeniser(tokenizer, size, padding)
        return Encoder(f"kerashub:{preset}", network, tokenise, size, words, licence)

    return TextCard(
        name=f"kerashub:{preset}",
        preprocessing=words,
        licence=licence,
        made_of={"kerashub": content, "size": size, "weights": "preset" if pretrained else seed},
        modules=("helpers.models.text.kerashub",),
        build=build,
    )


def _parts(named: str, shown: str, pretrained: bool, seed: int) -> tuple[Any, Any]:
    """Load the network and its tokenizer."""
    import keras
    import keras_hub

    keras.utils.set_random_seed(seed)
    try:
        tokenizer = keras_hub.models.Tokenizer.from_preset(named)
        body = keras_hub.models.Backbone.from_preset(named, load_weights=pretrained)
    except Exception as error:  # each hub has its own kinds
        raise UserError(
            f"kerashub:{shown}: no encoder of texts could be loaded: a preset's name (which needs "
            f"the network once) or a folder that holds one is needed ({reason(error)})"
        ) from None
    return body, tokenizer


def _tokeniser(tokenizer: Any, size: int, padding: int) -> Tokenise:
    """Make token numbers of texts by the preset's own tokenizer, none of them 0."""
    start, end = _special(tokenizer, STARTS), _special(tokenizer, ENDS)

    def tokenise(texts: list[str]) -> tuple[list[np.ndarray], int]:
        opened, closed = ([each] if each is not None else [] for each in (start, end))
        room, found, cut = size - len(opened) - len(closed), [], 0
        for text in texts:
            ids = np.asarray(tokenizer(text)).tolist()
            cut += len(ids) > room
            found.append(swapped(np.array([*opened, *ids[:room], *closed], np.int32), padding))
        return found, cut

    return tokenise


def _special(tokenizer: Any, names: tuple[str, ...]) -> int | None:
    """Return the number of the first of these tokens that a tokenizer has."""
    found = (getattr(tokenizer, name, None) for name in names)
    return next((each for each in found if each is not None), None)


def _network(body: Any, shown: str, padding: int) -> Any:
    """Build tokens [B, T] -> the mean of the last layer [B, D]."""
    import keras
    from keras import ops

    tokens = keras.Input((None,), dtype="int32", name="tokens")
    there = ops.cast(ops.not_equal(tokens, 0), "int32")
    own = ops.where(ops.equal(tokens, padding), 0, tokens)
    own = ops.where(ops.equal(tokens, 0), padding, own)  # as ``swapped``
    given = {"token_ids": own, "padding_mask": there}
    if "segment_ids" in body.input:
        given["segment_ids"] = ops.zeros_like(tokens)
    try:
        said = body({name: given[name] for name in body.input})
    except (ValueError, TypeError, KeyError) as error:
        raise UserError(
            f"kerashub:{shown}: not from one text to features: {reason(error)}"
        ) from None
    hidden = said["sequence_output"] if isinstance(said, dict) else said
    mask = ops.expand_dims(ops.cast(there, "float32"), -1)
    mean = ops.sum(hidden * mask, axis=1) / ops.maximum(ops.sum(mask, axis=1), 1.0)
    return keras.Model(tokens, mean, name="encoder")
