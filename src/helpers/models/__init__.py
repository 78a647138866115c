"""Networks by name: from an item to its features.

Each includes the preprocessing that it was trained with.
A name is in the catalogue, or has a prefix: ``keras:ResNet50`` (keras.applications),
``kerashub:PRESET``, ``file:PATH.keras``, and ``scratch:`` before any of them for random weights.
``NAME@LAYER`` cuts the network at a layer: ``efficientnet-lite0@block5``.
"""

from dataclasses import replace

from helpers.catalogue import entries
from helpers.core.errors import UserError, unknown
from helpers.data.image.resizing import resize
from helpers.models.audio import whisper_encoder
from helpers.models.families import FAMILIES
from helpers.models.image import keras_applications, keras_file, kerashub
from helpers.models.image.backbone import Backbone, Card
from helpers.models.text import huggingface
from helpers.models.text.kerashub import card as text_card

__all__ = ["Backbone", "Card", "describe", "load", "resize"]

KINDS = {
    "image": {"keras": keras_applications.card, "kerashub": kerashub.card, "file": keras_file.card},
    "text": {"kerashub": text_card, "hf": huggingface.card},
    "audio": {"whisper": whisper_encoder.from_place},
}
"""Each prefix of a modality: a name, pretrained or not, a size and a seed to a card."""


def describe(
    name: str,
    weights: str | None = None,
    size: int | None = None,
    seed: int = 0,
    modality: str = "image",
) -> Card:
    """Describe a model without loading it, which needs no TensorFlow.

    Parameters
    ----------
    name : str
    weights : {None, "imagenet", "none"}
        ``none`` starts from random weights, otherwise the model's own are taken.
    size : int, optional
        Side of the square pictures in pixels, or the most tokens of a text; the model's own by
        default.
    seed : int
        Of random weights.
    modality : str
        What the model reads, where its name does not say.

    Raises
    ------
    UserError
        No such model, with the closest name.
    """
    whole, layer = entries.split_layer(name)
    if layer:
        return describe(whole, weights, size, seed, modality).at(layer)
    if name.startswith("scratch:"):
        plain = describe(name.removeprefix("scratch:"), "none", size, seed, modality)
        return replace(plain, name=name)
    prefix, _, rest = name.partition(":")
    pretrained = weights != "none"
    if rest:
        if prefix not in KINDS[modality]:
            raise unknown("kind of model", prefix, [*KINDS[modality], "scratch"])
        return KINDS[modality][prefix](rest, pretrained, size, seed)
    entry = entries.model(name)
    if entry.model is not None:
        if ":" not in entry.model:
            raise UserError(f"models.yaml: {name}: model: a name with a prefix such as keras:")
        own = size or entry.image_size or entry.max_tokens
        aliased = describe(entry.model, weights, own, seed, entry.modality)
        return replace(aliased, name=name, licence=entry.licence)
    if entry.family not in FAMILIES:
        raise unknown("family", str(entry.family), FAMILIES, f"models.yaml: {name}")
    return FAMILIES[entry.family](name, entry, pretrained, size, seed)


def load(
    name: str,
    weights: str | None = None,
    size: int | None = None,
    seed: int = 0,
    modality: str = "image",
) -> Backbone:
    """Load a model: see ``describe`` for the parameters.

    Raises
    ------
    UserError
        No such model; its weights cannot be had; it does not read items of that size.
    """
    return describe(name, weights, size, seed, modality).load()
