"""Image backbones of KerasHub by preset, from a hub or a folder, with their own preprocessing."""

from typing import Any

from helpers.core import folder_digest, paths
from helpers.core.errors import UserError, reason
from helpers.models.image.backbone import Card
from helpers.models.image.pooling import pooled


def card(preset: str, pretrained: bool, image_size: int | None, seed: int) -> Card:
    """Describe a preset: a name such as ``resnet_50_imagenet``, a hub's handle, or a folder.

    Raises
    ------
    UserError
        When loading: no such preset, no network connection, or no image backbone.
    """
    folder = paths.root() / preset
    content = folder_digest.of_folder(folder) if folder.is_dir() else preset
    return Card(
        name=f"kerashub:{preset}",
        preprocessing="then the scale and offset of the preset's image converter",
        licence="of the preset's authors, see its model card",
        made_of={
            "kerashub": content,
            "size": image_size,
            "weights": "preset" if pretrained else seed,
        },
        modules=("helpers.models.image.kerashub",),
        build=lambda: _build(
            str(folder) if folder.is_dir() else preset, pretrained, image_size, seed
        ),
    )


def _build(preset: str, pretrained: bool, image_size: int | None, seed: int) -> Any:
    import keras
    import keras_hub

    shown = f"kerashub:{paths.shown(preset) if preset.startswith('/') else preset}"
    keras.utils.set_random_seed(seed)
    try:
        converter = keras_hub.layers.ImageConverter.from_preset(preset)
        body = keras_hub.models.Backbone.from_preset(preset, load_weights=pretrained)
    except Exception as error:  # each hub has its own kinds
        raise UserError(
            f"{shown}: no image backbone could be loaded: a preset's name (which needs the network "
            f"once) or a folder that holds one is needed ({reason(error)})"
        ) from None
    size = image_size or (converter.image_size or (224,))[0]
    inputs = keras.Input((size, size, 3), name="picture")
    scale = 1.0 if converter.scale is None else converter.scale
    offset = 0.0 if converter.offset is None else converter.offset
    try:
        features = body(keras.layers.Rescaling(scale, offset, name="rescale")(inputs))
        return keras.Model(inputs, pooled(features), name="backbone")
    except (ValueError, TypeError, AttributeError) as error:
        raise UserError(f"{shown}: not from one picture to features: {reason(error)}") from None
