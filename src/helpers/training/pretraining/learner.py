"""What a method of pretraining is: networks, a loss for each player, pictures to look at."""

from collections.abc import Callable
from math import ceil
from typing import Any, NamedTuple

import keras


class Learner(NamedTuple):
    """A backbone and its players: networks, each with a loss of items and a seed.

    Items are images in 0..1, or tokens.

    The first loss is watched on held-out images, and its best epoch is kept if ``keeps_best``.
    """

    backbone: keras.Model
    players: tuple[tuple[keras.Model, Callable[[Any, Any], Any]], ...]
    pictures: Callable[[Any, Any], dict[str, Any]]
    sample: Callable[[int, Any], Any] | None = None
    keeps_best: bool = True
    momentum: float = 0.9
    read: Callable[[Any], Any] | None = None  # an item to what is learned from; by default resized


def decoder(side: int, width: int) -> keras.Model:
    """Build a network from codes [B, width] to images in 0..1: [B, side, side, 3]."""
    layers, small = keras.layers, ceil(side / 8)
    inputs = keras.Input((width,))
    x = layers.Dense(small * small * 64, activation="relu")(inputs)
    x = layers.Reshape((small, small, 64))(x)
    for channels, end in ((32, "relu"), (16, "relu"), (3, "sigmoid")):
        x = layers.BatchNormalization()(x, training=True)
        x = layers.Conv2DTranspose(channels, 4, strides=2, padding="same", activation=end)(x)
    extra = 8 * small - side
    return keras.Model(inputs, layers.Cropping2D(((0, extra), (0, extra)))(x))
