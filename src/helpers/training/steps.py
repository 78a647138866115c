"""A step of training, in as many parts as the memory of the device needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from helpers.models.inference import batches

WHERE = "training"


@dataclass
class Step:
    """Learns from a batch: the gradients of its parts are summed, then applied once.

    ``gradients`` takes arrays of a part and its share of the batch, and gives logits and gradients.
    Where memory is too small, parts of half as many items take over, for good.
    """

    gradients: Callable[..., tuple[Any, list[Any]]]
    apply: Callable[[list[Any]], Any]
    most: int | None = None  # items of a part

    def __call__(self, *batch: np.ndarray) -> np.ndarray:
        """Learn from arrays [B, ...]; return the logits [B, K] of before."""
        while True:
            try:
                logits, gradients = self._summed(batch, self.most or len(batch[0]))
                break
            except Exception as error:
                if not batches.is_full(error):
                    raise
                self.most = batches.halved(self.most or len(batch[0]), WHERE)
        self.apply(gradients)
        return logits

    def _summed(self, batch: tuple[np.ndarray, ...], most: int) -> tuple[np.ndarray, list[Any]]:
        logits, total = [], list[Any]()
        for at in range(0, len(batch[0]), most):
            part = [tf.constant(each[at : at + most]) for each in batch]
            share = tf.constant(len(part[0]) / len(batch[0]), tf.float32)
            made, found = self.gradients(*part, share)
            logits.append(made.numpy())
            total = [tf.add(a, b) for a, b in zip(total, found, strict=True)] if total else found
        return np.concatenate(logits), total


def of(network: keras.Model, optimizer: keras.optimizers.Optimizer) -> Step:
    """Make the steps of a network of logits; a batch is its inputs, labels and weights."""
    variables = network.trainable_variables
    optimizer.build(variables)

    def gradients(*part: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
        *inputs, labels, weights, share = part
        with tf.GradientTape() as tape:
            logits = network(inputs if len(inputs) > 1 else inputs[0], training=True)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            loss = tf.reduce_mean(losses * weights) * share
        zero = tf.UnconnectedGradients.ZERO  # for weights that no feature reads
        found = tape.gradient(loss, variables, unconnected_gradients=zero)
        return logits, [tf.convert_to_tensor(each) for each in found]

    def apply(found: list[tf.Tensor]) -> None:
        optimizer.apply(found, variables)

    return Step(tf.function(gradients, reduce_retracing=True), tf.function(apply))
