"""A Keras network run by TensorFlow, in batches: on a GPU, or where a study asks for it."""

from typing import Any

from helpers.core.errors import UserError, reason
from helpers.models.inference import batches, devices
from helpers.models.inference.openvino import Compiled


def compile(network: Any, shape: tuple[int | None, ...], dtype: str, cast_to: str) -> Compiled:
    """Make a network ready to run on items of a shape and type, which are cast to what it reads."""
    import tensorflow as tf

    device, name = devices.on("tensorflow"), devices.named("tensorflow")
    if devices.precision() == devices.LOWER:
        network = _lowered(network)

    def run(x: Any) -> Any:
        return tf.cast(network(tf.cast(x, cast_to), training=False), "float32")

    traced = tf.function(run, autograph=False)
    function = traced.get_concrete_function(tf.TensorSpec((None, *shape), dtype))
    most = batches.size(network, device)
    infer = batches.Halving(lambda x: function(tf.constant(x)).numpy(), most, name)
    return Compiled(name, 1, lambda: infer, most)


def _lowered(network: Any) -> Any:
    """Copy a network whose layers compute in bfloat16, with weights in float32."""
    import keras

    def lower(layer: Any) -> Any:
        config = layer.get_config() | {"dtype": "mixed_bfloat16"}
        return type(layer).from_config(config)

    try:
        copy = keras.models.clone_model(network, clone_function=lower, recursive=True)
        copy.set_weights(network.get_weights())
    except Exception as error:  # each layer has its own
        what = f"this network cannot be run in {devices.LOWER}: take {devices.EXACT}"
        raise UserError(f"precision: {what} ({reason(error)})") from None
    return copy
