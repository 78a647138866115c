"""A network made ready to be trained: repeatably, and with a head on its features."""

import keras
import numpy as np
import tensorflow as tf
from scipy.special import softmax

BATCH = 32
"""Items at once where nothing is learnt."""
MOMENTUM = 0.9
"""Of batch normalisation from scratch: at the usual 0.99 its averages lag hundreds of steps."""


def prepare(seed: int, threads: int | None = None) -> list[str]:
    """Make what follows repeatable: seeds, deterministic operations, a fixed number of threads.

    Returns
    -------
    list of str
        A line where TensorFlow had started already, with another number of threads.
    """
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
    if threads is None or tf.config.threading.get_intra_op_parallelism_threads() == threads:
        return []
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
    except RuntimeError:
        return [f"threads: {threads} was not applied: TensorFlow had started already."]
    return []


def with_head(backbone: keras.Model, classes: int, weights: list[np.ndarray] | None) -> keras.Model:
    """Put a linear layer on pooled features: with a probe's weights, or of zeros.

    Parameters
    ----------
    backbone : keras.Model
    classes : int
    weights : list of ndarray or None
        A probe's weights [D, K] and bias [K]: batch normalisation stays in inference mode then.
    """
    layer = keras.layers.Dense(classes, kernel_initializer="zeros", name="head", dtype="float32")
    network = keras.Model(backbone.input, layer(backbone.output), name="classifier")
    if weights is not None:
        layer.set_weights(weights)
    for each in network._flatten_layers():
        each.trainable = True
    for each in network._flatten_layers():
        if isinstance(each, keras.layers.BatchNormalization):
            each.trainable = weights is None
            each.momentum = MOMENTUM if weights is None else each.momentum
    return network


def predict(network: keras.Model, inputs: np.ndarray | tuple[np.ndarray, ...]) -> np.ndarray:
    """Return the probabilities of items by a network of logits: float64 [N, K]."""
    given = list(inputs) if isinstance(inputs, tuple) else inputs
    logits = network.predict(given, batch_size=BATCH, verbose=0)
    return softmax(logits.astype(np.float64), axis=1)
