"""A network from a saved .keras file, which must read raw images: RGB in 0..255."""

from pathlib import Path
from typing import Any

from helpers.core import files, paths
from helpers.core.errors import UserError, reason
from helpers.models import foreign_files
from helpers.models.image.backbone import ImageCard
from helpers.models.image.layers import pooled
from helpers.models.kinds import ModelSpec

HEADS = ("head", "logits", "predictions")  # a last layer that classifies: it reads the features


def card(spec: ModelSpec) -> ImageCard:
    """Describe a saved network; loading raises UserError if it cannot be read safely."""
    file = paths.root() / spec.reference
    foreign_files.check(file, spec.name)
    return ImageCard(
        name=spec.name,
        preprocessing="then whatever the file holds",
        licence="of the file's author",
        made_of={"file": files.sha256(file), "size": spec.size, "weights": spec.weights},
        modules=(__name__,),
        build=lambda: _build(file, spec),
    )


def _build(file: Path, spec: ModelSpec) -> Any:
    import keras

    name = spec.name
    foreign_files.check_memory([file], name)
    keras.utils.set_random_seed(spec.seed)
    try:
        return _network(keras.saving.load_model(file, compile=False, safe_mode=True), spec)
    except UserError:
        raise
    except Exception as error:  # a broken or hostile file can raise anything, at once or later
        problem = f"not a .keras file that can be read safely: {reason(error)}"
        raise UserError(f"{name}: {problem}") from None


def _below_head(output: Any, is_head: bool = False) -> Any:
    """Return what a last layer that classifies reads, in a network in a network too.

    ``is_head`` says that what comes after makes probabilities of the output.
    """
    import keras
    from keras import layers

    ends, now = (keras.activations.softmax, keras.activations.sigmoid), output
    layer, before = _made_by(now)
    while isinstance(layer, (layers.Softmax, layers.Activation, layers.Dropout)):
        if isinstance(layer, layers.Activation) and layer.activation not in ends:
            return output
        is_head |= not isinstance(layer, layers.Dropout)
        now = before
        layer, before = _made_by(now)
    if isinstance(layer, keras.Model) and len(layer.inputs) == len(layer.outputs) == 1:
        inside = _below_head(layer.outputs[0], is_head)
        if inside is not layer.outputs[0]:
            return keras.Model(layer.inputs, inside)(before)
    if isinstance(layer, layers.Dense):
        is_head |= layer.name in HEADS or layer.activation in ends
        now = before if is_head else now
    return now if is_head else output  # else its scores, before they become probabilities


def _made_by(tensor: Any) -> tuple[Any, Any]:
    """Return the layer that gives a tensor, and the first that it reads; no public name has it."""
    layer, node, _ = tensor._keras_history
    return layer, (*layer._inbound_nodes[node].input_tensors, None)[0]


def _network(network: Any, spec: ModelSpec) -> Any:
    """Return a network from images to features."""
    import keras

    name, image_size = spec.name, spec.size
    for layer in network._flatten_layers():  # nested ones too, which no public method lists
        layer.trainable = True  # even if it was frozen when the file was saved
    if not spec.pretrained:
        network = keras.models.clone_model(network)
    given = getattr(network, "inputs", None) or []  # a Sequential that was never called has none
    if len(given) != 1 or len(given[0].shape) != 4:
        raise UserError(f"{name}: a model that begins with keras.Input([H, W, 3]) is needed")
    if len(network.outputs) != 1:
        several = ", ".join(f"{each.name} {each.shape}" for each in network.outputs)
        raise UserError(f"{name}: several outputs: {several}: save a model with one of them")
    features = _below_head(output := network.outputs[0])
    head = _made_by(output)[0].name
    words = f"its output {head}" if features is output else f"what the head {head} reads"
    network = keras.Model(given, pooled(features))
    side = network.input_shape[1]
    if side is None and image_size is None:
        raise UserError(f"{name}: it takes images of any size: give an image_size")
    if side not in (None, image_size or side):
        raise UserError(f"{name}: its images are {side} pixels wide and high, not {image_size}")
    if side is None or given[0].shape[0] is not None:  # that of the batch that it was called on
        inputs = keras.Input((side or image_size, side or image_size, 3), name="picture")
        network = keras.Model(inputs, network(inputs))
    network.features_are = words
    return network
