"""A network cut at a layer inside it: to end there, or to train only what lies above.

``efficientnet-lite0@block5`` ends after its fifth block.
"""

import re
from typing import Any

from helpers.core.errors import UserError, unknown
from helpers.models.image.pooling import pooled


def cut(network: Any, layer: str, name: str) -> Any:
    """Return the network up to a layer, its output averaged over the image."""
    from keras import Model

    lower, _, _ = _at(network, layer, name)
    return Model(network.input, pooled(lower.output), name=network.name)


def parted(network: Any, layer: str, name: str) -> tuple[Any, Any]:
    """Part a network at a layer: pictures to the layer's map, and the map to features.

    Raises
    ------
    UserError
        It has no such layer, or something goes past that layer.
    """
    from keras import Input, Model

    lower, holder, inside = _at(network, layer, name)
    given = Input(inside.shape[1:], name="below")
    try:
        features = Model(inside, holder.output)(given)
    except ValueError:
        raise UserError(f"{name}: not to be parted at {layer}: something goes past it") from None
    if holder is not network:
        after = holder._inbound_nodes[-1].output_tensors[0]
        features = (
            Model(after, network.output)(features) if after is not network.output else features
        )
    return lower, Model(given, features, name="above")


def _at(network: Any, layer: str, name: str) -> tuple[Any, Any, Any]:
    """Return the network up to a layer, the network that holds it, and its output there.

    The holder is the network itself, or one that is a layer of it.
    """
    from keras import Model

    start = re.compile(rf"{re.escape(layer)}(?![0-9])")
    allowed = []
    for holder in [network, *(each for each in network.layers if isinstance(each, Model))]:
        maps = [each for each in holder.layers if _has_map(each)]
        allowed += [each.name for each in maps]
        exact = [each for each in maps if each.name == layer]
        found = exact or [each for each in maps if start.match(each.name)]
        if not found:
            continue
        inside = given = found[-1].output
        if holder is not network:
            [entering] = holder._inbound_nodes[-1].input_tensors
            given = Model(holder.input, inside)(entering)
        return Model(network.input, given, name="lower"), holder, inside
    raise unknown("layer", layer, allowed, name)


def _has_map(layer: Any) -> bool:
    """Tell whether a layer gives one map, or one series, of features."""
    shape = getattr(getattr(layer, "output", None), "shape", ())
    return len(shape) in (3, 4)
