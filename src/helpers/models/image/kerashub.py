"""Image backbones of KerasHub by preset, from a hub or a folder, with their own preprocessing."""

from typing import Any

from helpers.core.errors import UserError, reason
from helpers.models import presets
from helpers.models.image.backbone import ImageCard
from helpers.models.image.layers import pooled
from helpers.models.kinds import ModelSpec


def card(spec: ModelSpec) -> ImageCard:
    """Describe a preset: a name such as ``resnet_50_imagenet``, a hub's handle, or a folder."""
    source, content = presets.located(spec.reference)
    return ImageCard(
        name=spec.name,
        preprocessing="then the scale and offset of the preset's image converter",
        licence=presets.LICENCE,
        made_of={"kerashub": content, "size": spec.size, "weights": spec.weights},
        modules=(__name__,),
        build=lambda: _build(source, spec),
    )


def _build(source: str, spec: ModelSpec) -> Any:
    import keras
    import keras_hub

    keras.utils.set_random_seed(spec.seed)
    with presets.loading(spec.name, "image backbone"):
        converter = keras_hub.layers.ImageConverter.from_preset(source)
        body = keras_hub.models.Backbone.from_preset(source, load_weights=spec.pretrained)
    size = spec.size or (converter.image_size or (224,))[0]
    inputs = keras.Input((size, size, 3), name="picture")
    scale = 1.0 if converter.scale is None else converter.scale
    offset = 0.0 if converter.offset is None else converter.offset
    try:
        features = body(keras.layers.Rescaling(scale, offset, name="rescale")(inputs))
        return keras.Model(inputs, pooled(features), name="backbone")
    except (ValueError, TypeError, AttributeError) as error:
        what = "does not map one image to features"
        raise UserError(f"{spec.name}: {what}: {reason(error)}") from None
