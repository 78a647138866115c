"""A light head of heat maps on a backbone's maps, and one step of its training."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from helpers.training.classifier import MOMENTUM

STRIDES = (8, 16, 32)
CHANNELS = 64
SELDOM = -4.6  # logit of a class in a cell before anything is learned: 1 in 100


def head(maps: Sequence[tuple[int, ...]], classes: int) -> keras.Model:
    """Return a network: maps [B, h, w, c], the finest first -> [B, h, w, classes + 4]."""
    layers = keras.layers
    inputs = [keras.Input(shape, name=f"map{number}") for number, shape in enumerate(maps)]
    x = None
    for given in reversed(inputs):
        if x is not None:
            x = layers.UpSampling2D(round(given.shape[1] / x.shape[1]), interpolation="nearest")(x)
            x = layers.CenterCrop(*given.shape[1:3])(x) if x.shape[1:3] != given.shape[1:3] else x
        here = layers.BatchNormalization(momentum=MOMENTUM)(given)
        here = layers.Conv2D(CHANNELS, 1)(here)
        x = here if x is None else layers.Add()([x, here])
    for _ in range(2):
        x = layers.BatchNormalization(momentum=MOMENTUM)(x)
        x = layers.SeparableConv2D(CHANNELS, 3, padding="same")(layers.ReLU()(x))
    x = layers.ReLU()(layers.BatchNormalization(momentum=MOMENTUM)(x))
    outputs = layers.Conv2D(classes + 4, 1, dtype="float32", name="boxes")(x)
    return keras.Model(inputs, outputs, name="head")


def start(network: keras.Model, wanted: np.ndarray) -> None:
    """Let a head say at first that objects are rare, and as large as those wanted on average."""
    kernel, bias = network.get_layer("boxes").get_weights()
    weight, sizes = (wanted[..., part].astype(float) for part in (slice(-2, -1), slice(-4, -2)))
    bias[:-4], bias[-2:] = SELDOM, (weight * sizes).sum(axis=(0, 1, 2)) / weight.sum()
    network.get_layer("boxes").set_weights([kernel, bias])


def losses(found: tf.Tensor, wanted: tf.Tensor) -> tf.Tensor:
    """Return the loss of a batch: focal loss of heat, absolute error of places and sizes."""
    classes = found.shape[-1] - 4
    logits, heat = found[..., :classes], tf.cast(wanted[..., :classes], tf.float32)
    values, weight, counted = (
        tf.cast(each, tf.float32)
        for each in (wanted[..., classes:-2], wanted[..., -2:-1], wanted[..., -1:])
    )
    score, peak = tf.sigmoid(logits), tf.cast(heat >= 1, tf.float32)
    right = peak * (1 - score) ** 2 * tf.nn.softplus(-logits)
    wrong = (1 - heat) ** 4 * score**2 * tf.nn.softplus(logits) * counted
    focal = tf.reduce_sum(right + wrong) / tf.maximum(tf.reduce_sum(peak), 1)
    away = tf.reduce_sum(tf.abs(found[..., classes:] - values) * weight)
    return focal + away / tf.maximum(tf.reduce_sum(weight), 1)


def stepping(network: keras.Model, rate: Any) -> Callable[..., Any]:
    """Make the function that learns from a batch and returns its loss before that."""
    optimizer = keras.optimizers.Adam(rate, clipnorm=10.0)
    optimizer.build(network.trainable_variables)

    def step(wanted: tf.Tensor, *inputs: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            given = [tf.cast(each, tf.float32) for each in inputs]
            found = network(given if len(given) > 1 else given[0], training=True)
            loss = losses(found, wanted)
        variables = network.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    return tf.function(step, reduce_retracing=True)
