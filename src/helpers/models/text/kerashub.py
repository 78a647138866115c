"""Text encoders of KerasHub by preset, from a hub or a folder, with their own tokenizer."""

from typing import Any

import numpy as np

from helpers.core import quiet_imports
from helpers.core.errors import UserError, reason
from helpers.models import presets
from helpers.models.card import trainable_parameters
from helpers.models.inference.texts import Tokenise
from helpers.models.kinds import ModelSpec
from helpers.models.text.encoder import TextCard, TextEncoder, masked_mean, swapped

TOKENS = 128
STARTS, ENDS = ("cls_token_id", "start_token_id"), ("sep_token_id", "end_token_id")


def card(spec: ModelSpec) -> TextCard:
    """Describe a preset: a name such as ``bert_tiny_en_uncased``, a hub's handle, or a folder."""
    source, content = presets.located(spec.reference)
    size = spec.size or TOKENS

    def build(card: TextCard) -> TextEncoder:
        quiet_imports.tensorflow()
        import keras
        import keras_hub

        keras.utils.set_random_seed(spec.seed)
        with presets.loading(spec.name, "text encoder"):
            tokenizer = keras_hub.models.Tokenizer.from_preset(source)
            body = keras_hub.models.Backbone.from_preset(source, load_weights=spec.pretrained)
        padding = _special(tokenizer, ("pad_token_id",)) or 0
        network, tokenise = _network(body, spec.name, padding), _tokeniser(tokenizer, size, padding)
        return TextEncoder(card, network, trainable_parameters(network), size, tokenise)

    return TextCard(
        name=spec.name,
        preprocessing=f"the preset's tokenizer, at most {size} tokens; the mean of the last layer",
        licence=presets.LICENCE,
        language=presets.language(source),
        made_of={"kerashub": content, "size": size, "weights": spec.weights},
        modules=(__name__,),
        build=build,
    )


def _tokeniser(tokenizer: Any, size: int, padding: int) -> Tokenise:
    start, end = _special(tokenizer, STARTS), _special(tokenizer, ENDS)

    def tokenise(texts: list[str]) -> tuple[list[np.ndarray], int]:
        opened, closed = ([token] if token is not None else [] for token in (start, end))
        room, tokens, truncated = size - len(opened) - len(closed), [], 0
        for text in texts:
            ids = np.asarray(tokenizer(text)).tolist()
            truncated += len(ids) > room
            tokens.append(swapped(np.array([*opened, *ids[:room], *closed], np.int32), padding))
        return tokens, truncated

    return tokenise


def _special(tokenizer: Any, names: tuple[str, ...]) -> int | None:
    numbers = (getattr(tokenizer, name, None) for name in names)
    return next((number for number in numbers if number is not None), None)


def _network(body: Any, name: str, padding: int) -> Any:
    """Build tokens [B, T] -> the mean of the last layer [B, D]."""
    import keras
    from keras import ops

    tokens = keras.Input((None,), dtype="int32", name="tokens")
    present = ops.cast(ops.not_equal(tokens, 0), "int32")
    ids = ops.where(ops.equal(tokens, padding), 0, tokens)
    ids = ops.where(ops.equal(tokens, 0), padding, ids)  # as ``swapped``
    inputs = {"token_ids": ids, "padding_mask": present}
    if "segment_ids" in body.input:
        inputs["segment_ids"] = ops.zeros_like(tokens)
    try:
        output = body({key: inputs[key] for key in body.input})
    except (ValueError, TypeError, KeyError) as error:
        raise UserError(f"{name}: does not map one text to features: {reason(error)}") from None
    hidden = output["sequence_output"] if isinstance(output, dict) else output
    if len(hidden.shape) != 3:
        raise UserError(f"{name}: its output {hidden.shape} is not a vector for each token")
    mask = ops.expand_dims(ops.cast(present, "float32"), -1)
    return keras.Model(tokens, masked_mean(hidden, mask), name="encoder")
