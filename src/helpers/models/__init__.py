"""Networks by name: from a picture to features, with the preprocessing that each was trained with.

A name is one of the catalogue, or has a prefix: ``keras:ResNet50`` (keras.applications),
``kerashub:PRESET``, ``file:PATH.keras``, and ``scratch:`` before any of them for random weights.
``NAME@LAYER`` cuts the network at a layer: ``efficientnet-lite0@block5``.
"""

from dataclasses import replace

from helpers import catalogue
from helpers.errors import UserError, unknown
from helpers.models import applications, kerashub, layers, saved
from helpers.models.backbone import Backbone, Card
from helpers.models.families import FAMILIES
from helpers.models.scaling import resize

__all__ = ["Backbone", "Card", "describe", "load", "resize"]

KINDS = {"keras": applications.card, "kerashub": kerashub.card, "file": saved.card}
"""Each prefix: a name, pretrained or not, a picture size and a seed to a card."""


def describe(
    name: str, weights: str | None = None, image_size: int | None = None, seed: int = 0
) -> Card:
    """Describe a model without loading it, which needs no TensorFlow.

    Parameters
    ----------
    name : str
    weights : {None, "imagenet", "none"}
        ``none`` starts from random weights, otherwise the model's own are taken.
    image_size : int, optional
        Side of the square pictures in pixels; the model's own by default.
    seed : int
        Of random weights.

    Raises
    ------
    UserError
        No such model, with the closest name.
    """
    whole, layer = catalogue.split_layer(name)
    if layer:
        return layers.cut(describe(whole, weights, image_size, seed), layer)
    if name.startswith("scratch:"):
        plain = describe(name.removeprefix("scratch:"), "none", image_size, seed)
        return replace(plain, name=name)
    prefix, _, rest = name.partition(":")
    pretrained = weights != "none"
    if rest:
        if prefix not in KINDS:
            raise unknown("kind of model", prefix, [*KINDS, "scratch"])
        return KINDS[prefix](rest, pretrained, image_size, seed)
    entry = catalogue.model(name)
    if entry.model is not None:
        if ":" not in entry.model:
            raise UserError(f"models.yaml: {name}: model: a name with a prefix such as keras:")
        aliased = describe(entry.model, weights, image_size or entry.image_size, seed)
        return replace(aliased, name=name, licence=entry.licence)
    if entry.family not in FAMILIES:
        raise unknown("family", str(entry.family), FAMILIES, f"models.yaml: {name}")
    return FAMILIES[entry.family](name, entry, pretrained, image_size, seed)


def load(
    name: str, weights: str | None = None, image_size: int | None = None, seed: int = 0
) -> Backbone:
    """Load a model: see ``describe`` for the parameters.

    Raises
    ------
    UserError
        No such model; its weights cannot be had; it does not read pictures of that size.
    """
    return describe(name, weights, image_size, seed).load()
