"""Networks by name: from an item to features, with the preprocessing that each was trained with.

A name is one of the catalogue, or has a prefix of ``kinds.KINDS``: ``keras:ResNet50``,
``kerashub:PRESET``, ``file:PATH.keras``, ``onnx:PATH``; ``scratch:`` before any of them but the
last asks for random weights. ``NAME@LAYER`` cuts the network at a layer, ``onnx:PATH@TENSOR`` too.
"""

from dataclasses import replace

from helpers.catalogue import entries
from helpers.core.errors import UserError
from helpers.models import kinds
from helpers.models.card import LoadedModel, ModelCard


def describe(
    name: str,
    weights: str | None = None,
    size: int | None = None,
    seed: int = 0,
    modality: str = "image",
) -> ModelCard:
    """Describe a model, which needs no TensorFlow; raises UserError with the closest name.

    ``weights`` of ``none`` are random ones by ``seed``, otherwise the model's own. ``size`` is the
    side of square images in pixels, or the most tokens of a text; the model's own by default.
    ``modality`` is what the model reads, where its name does not say.
    """
    whole, layer = entries.split_layer(name)
    if layer:
        return describe(whole, weights, size, seed, modality).at(layer)
    if name.startswith("scratch:"):
        trained = name.removeprefix("scratch:")
        return replace(describe(trained, "none", size, seed, modality), name=name)
    entry = entries.find_model(name)
    if entry is not None and entry.model is not None:
        if ":" not in entry.model:
            raise UserError(f"models.yaml: {name}: model: a name with a prefix such as keras:")
        size = size or entry.image_size or entry.max_tokens
        aliased = describe(entry.model, weights, size, seed, entry.modality)
        return replace(aliased, name=name, licence=entry.licence)
    spec = kinds.ModelSpec(name, pretrained=weights != "none", size=size, seed=seed)
    kind, spec = kinds.resolve(spec, modality)
    return kind.describe(spec)


def load(
    name: str,
    weights: str | None = None,
    size: int | None = None,
    seed: int = 0,
    modality: str = "image",
) -> LoadedModel:
    """Load a model (see ``describe``); raises UserError without its weights or for a wrong size."""
    return describe(name, weights, size, seed, modality).load()
