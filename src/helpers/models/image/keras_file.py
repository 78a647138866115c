"""A network from a saved .keras file, which must read raw pictures: RGB in 0..255."""

from typing import Any

from helpers.core import files, paths
from helpers.core.errors import UserError, reason
from helpers.models.image.backbone import Card
from helpers.models.image.pooling import pooled

HEADS = ("head", "logits", "predictions")
"""Names of a last layer that tells classes apart; what it reads are the features."""


def card(path: str, pretrained: bool, image_size: int | None, seed: int) -> Card:
    """Describe a saved network.

    Raises
    ------
    UserError
        No such file; when loading, not a network that can be read safely, or of other pictures.
    """
    file = paths.root() / path
    if not file.is_file():
        raise UserError(f"file:{path}: no such file")
    return Card(
        name=f"file:{path}",
        preprocessing="then whatever the file holds",
        licence="of the file's author",
        made_of={
            "file": files.sha256(file),
            "size": image_size,
            "weights": "file" if pretrained else seed,
        },
        modules=("helpers.models.image.keras_file",),
        build=lambda: _build(file, f"file:{path}", pretrained, image_size, seed),
    )


def _build(file: Any, shown: str, pretrained: bool, image_size: int | None, seed: int) -> Any:
    import keras

    keras.utils.set_random_seed(seed)
    try:
        network = keras.saving.load_model(file, compile=False, safe_mode=True)
    except Exception as error:  # a broken or hostile file can raise anything
        raise UserError(
            f"{shown}: not a .keras file that can be read safely: {reason(error)}"
        ) from None
    for layer in network._flatten_layers():
        layer.trainable = True  # those that were frozen when it was saved count too
    if not pretrained:
        network = keras.models.clone_model(network)
    if not isinstance(network.input, keras.KerasTensor) or len(network.input.shape) != 4:
        raise UserError(f"{shown}: one input of pictures [B, H, W, 3] is needed")
    last = network.layers[-1]
    features = last.input if _is_head(last) else network.output
    network = keras.Model(network.input, pooled(features))
    side = network.input_shape[1]
    if side is None and image_size is None:
        raise UserError(f"{shown}: it takes pictures of any size: give an image_size")
    if side not in (None, image_size or side):
        raise UserError(f"{shown}: its pictures have {side} pixels a side, not {image_size}")
    if side is not None:
        return network
    inputs = keras.Input((image_size, image_size, 3), name="picture")
    return keras.Model(inputs, network(inputs))


def _is_head(layer: Any) -> bool:
    from keras import activations, layers

    if not isinstance(layer, layers.Dense):
        return False
    return layer.name in HEADS or layer.activation in (activations.softmax, activations.sigmoid)
