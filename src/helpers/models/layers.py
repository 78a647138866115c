"""A network cut at a layer inside it: ``efficientnet-lite0@block5`` ends after its fifth block."""

import re
from dataclasses import replace
from typing import Any

from helpers.errors import unknown
from helpers.models.backbone import Card, pooled


def cut(card: Card, layer: str) -> Card:
    """Describe the network that ends at a layer, its output averaged over the picture.

    Parameters
    ----------
    card : Card
        Of the whole network.
    layer : str
        A layer's name, or the start of several's: then the last of these.
    """
    return replace(
        card,
        name=f"{card.name}@{layer}",
        made_of={**card.made_of, "layer": layer},
        modules=(*card.modules, "helpers.models.layers"),
        build=lambda: _cut(card.build(), layer, card.name),
    )


def _cut(network: Any, layer: str, name: str) -> Any:
    from keras import Model

    return Model(network.input, pooled(_inside(network, layer, name)), name=network.name)


def _inside(network: Any, layer: str, name: str) -> Any:
    """Return the output of a layer, also of one in a network that is a layer of this one."""
    from keras import Model

    start = re.compile(rf"{re.escape(layer)}(?![0-9])")
    allowed = []
    for holder in [network, *(each for each in network.layers if isinstance(each, Model))]:
        maps = [each for each in holder.layers if _has_map(each)]
        allowed += [each.name for each in maps]
        exact = [each for each in maps if each.name == layer]
        found = exact or [each for each in maps if start.match(each.name)]
        if found and holder is network:
            return found[-1].output
        if found:
            [given] = holder._inbound_nodes[-1].input_tensors
            return Model(holder.input, found[-1].output)(given)
    raise unknown("layer", layer, allowed, name)


def _has_map(layer: Any) -> bool:
    """Tell whether a layer gives one map, or one series, of features."""
    shape = getattr(getattr(layer, "output", None), "shape", ())
    return len(shape) in (3, 4)
