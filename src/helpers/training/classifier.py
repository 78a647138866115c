"""A network prepared for training: reproducibly, and with a head on its features."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from scipy.special import softmax

from helpers.models.inference import devices

BATCH = 32  # items per batch of a prediction
MOMENTUM = 0.9  # of batch normalisation from scratch: at 0.99, averages lag hundreds of steps


def prepare(seed: int, threads: int | None = None) -> list[str]:
    """Make training reproducible: seeds, deterministic operations, a fixed number of threads.

    Returns a warning if TensorFlow had already started with another number of threads.
    """
    if devices.on("tensorflow").is_gpu and devices.engine("keras") != "tensorflow":
        tf.config.set_visible_devices([], "GPU")  # where networks are run, they are trained
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
    if threads is None or tf.config.threading.get_intra_op_parallelism_threads() == threads:
        return []
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
    except RuntimeError:
        return [f"threads: {threads} was not applied: TensorFlow had already started."]
    return []


def with_head(backbone: keras.Model, classes: int, weights: list[np.ndarray] | None) -> keras.Model:
    """Put a linear layer on pooled features, with a probe's weights [D, K] and bias [K] or zeros.

    With a probe, batch normalisation stays in inference mode.
    """
    layer = keras.layers.Dense(classes, kernel_initializer="zeros", name="head", dtype="float32")
    network = keras.Model(backbone.input, layer(backbone.output), name="classifier")
    if weights is not None:
        layer.set_weights(weights)
    for inner in network._flatten_layers():
        inner.trainable = True
    for inner in network._flatten_layers():
        if isinstance(inner, keras.layers.BatchNormalization):
            inner.trainable = weights is None
            inner.momentum = MOMENTUM if weights is None else inner.momentum
    return network


def inference(network: keras.Model) -> Callable[..., np.ndarray]:
    """Make what gives a batch's probabilities, float64 [B, K], by a network of logits."""

    def run(*inputs: tf.Tensor) -> tf.Tensor:
        return network(list(inputs) if len(inputs) > 1 else inputs[0], training=False)

    traced = tf.function(run, reduce_retracing=True)

    def infer(*arrays: np.ndarray) -> np.ndarray:
        logits = traced(*map(tf.constant, arrays)).numpy()
        return softmax(logits.astype(np.float64), axis=1)

    return infer
