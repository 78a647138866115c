"""A network cut at a layer, as in ``efficientnet-lite0@block5``: to end there or train above."""

import re
from collections.abc import Iterable
from typing import Any

from helpers.core.errors import UserError, unknown


def pooled(features: Any) -> Any:
    """Average a map of features [B, H, W, D] or tokens [B, T, D] to [B, D]."""
    from keras import layers

    pools = {3: layers.GlobalAveragePooling1D, 4: layers.GlobalAveragePooling2D}
    pool = pools.get(len(features.shape))
    return pool(name="pooled")(features) if pool else features


def cut(network: Any, layer: str, name: str) -> Any:
    """Return the network up to a layer, its output averaged over the image."""
    from keras import Model

    lower = up_to(network, layer, name)
    return Model(network.input, pooled(lower.output), name=network.name)


def up_to(network: Any, layer: str, name: str) -> Any:
    """Return the network up to a layer: images -> map; raises UserError for an unknown one."""
    return _at(network, layer, name)[0]


def split_at(network: Any, layer: str, name: str) -> tuple[Any, Any]:
    """Split at a layer: images to map, map to features; raises UserError if it is bypassed."""
    from keras import Input, Model

    lower, holder, inside = _at(network, layer, name)
    given = Input(inside.shape[1:], name="below")
    try:
        features = Model(inside, holder.output)(given)
    except ValueError:
        raise UserError(f"{name}: cannot be split at {layer}: a connection bypasses it") from None
    if holder is not network:
        # Keras has no public way from a nested network to the call that placed it.
        after = holder._inbound_nodes[-1].output_tensors[0]
        if after is not network.output:
            features = Model(after, network.output)(features)
    return lower, Model(given, features, name="above")


def maps(network: Any, strides: Iterable[int], name: str) -> Any:
    """Return images -> the deepest map at each stride that there is, the finest first.

    In a residual network that is the last sum: what follows it is widened for the next stride.
    """
    from keras import Model, layers

    side, found = network.input_shape[1], []
    for stride in strides:
        for holder in [network, *(inner for inner in network.layers if isinstance(inner, Model))]:
            square = (-(-side // stride),) * 2
            here = [each for each in holder.layers if _map_of(each)[1:3] == square]
            here = [each for each in here if isinstance(each, layers.Add)] or here
            if here:
                found.append(up_to(network, here[-1].name, name).output)
                break
    if not found:
        raise UserError(f"{name}: has no map at a stride of {', '.join(map(str, strides))}")
    return Model(network.input, found, name="maps")


def _at(network: Any, layer: str, name: str) -> tuple[Any, Any, Any]:
    """Return the network up to a layer, its holder (itself or a layer of it), the output there."""
    from keras import Model

    start = re.compile(rf"{re.escape(layer)}(?![0-9])")
    allowed: list[str] = []
    for holder in [network, *(inner for inner in network.layers if isinstance(inner, Model))]:
        maps = [inner for inner in holder.layers if _has_map(inner)]
        allowed += [inner.name for inner in maps]
        exact = [inner for inner in maps if inner.name == layer]
        matching = exact or [inner for inner in maps if start.match(inner.name)]
        if not matching:
            continue
        inside = given = matching[-1].output
        if holder is not network:
            [entering] = holder._inbound_nodes[-1].input_tensors
            given = Model(holder.input, inside)(entering)
        return Model(network.input, given, name="lower"), holder, inside
    raise unknown("layer", layer, allowed, name)


def _has_map(layer: Any) -> bool:
    return len(_map_of(layer)) in (3, 4)


def _map_of(layer: Any) -> tuple[int | None, ...]:
    shape: tuple[int | None, ...] = getattr(getattr(layer, "output", None), "shape", ())
    return shape
