"""Networks of keras.applications, each with its own preprocessing and image size."""

import sys
from typing import Any

from helpers.catalogue.entries import keras_applications
from helpers.core.errors import UserError, check_known, reason
from helpers.models.image.backbone import ImageCard
from helpers.models.kinds import ModelSpec

SIZES = {  # sides of the images that a network was trained on, if not 224
    "EfficientNetB1": 240,
    "EfficientNetB2": 260,
    "EfficientNetB3": 300,
    "EfficientNetB4": 380,
    "EfficientNetB5": 456,
    "EfficientNetB6": 528,
    "EfficientNetB7": 600,
    "EfficientNetV2B1": 240,
    "EfficientNetV2B2": 260,
    "EfficientNetV2B3": 300,
    "EfficientNetV2S": 384,
    "EfficientNetV2M": 480,
    "EfficientNetV2L": 480,
    "InceptionResNetV2": 299,
    "InceptionV3": 299,
    "NASNetLarge": 331,
    "Xception": 299,
}


def card(spec: ModelSpec) -> ImageCard:
    """Describe a network; loading raises UserError without a connection, or for small images."""
    name = spec.reference
    check_known("network", name, keras_applications(), "keras")
    size = spec.size or SIZES.get(name, 224)
    return ImageCard(
        name=spec.name,
        preprocessing=f"then the preprocess_input of keras.applications for {name}",
        licence="of the network's authors, see keras.io/api/applications",
        made_of={"keras": name, "size": size, "weights": spec.weights},
        modules=(__name__,),
        build=lambda: _build(name, spec.pretrained, size, spec.seed),
    )


def _build(name: str, pretrained: bool, size: int, seed: int) -> Any:
    import keras

    make = getattr(keras.applications, name)
    preprocess = sys.modules[make.__module__].preprocess_input
    keras.utils.set_random_seed(seed)
    shape = (size, size, 3)
    weights = "imagenet" if pretrained else None
    try:
        body = make(include_top=False, weights=weights, input_shape=shape, pooling="avg")
    except ValueError as error:
        raise UserError(f"keras:{name}: {reason(error)}") from None
    except Exception as error:  # the downloader raises bare Exceptions
        what = f"its ImageNet weights need the network once ({reason(error)})"
        raise UserError(f"keras:{name}: {what}; `weights: none` does without") from None
    inputs = keras.Input(shape, name="picture")
    return keras.Model(inputs, body(preprocess(inputs)), name=body.name)
