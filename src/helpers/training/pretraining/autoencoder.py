"""Denoising autoencoder: rebuild an image from a noisy one (Vincent et al., ICML 2008)."""

from typing import Any

import keras
import tensorflow as tf

from helpers.models.image import pretrained
from helpers.training.pretraining.learner import Learner, decoder

CODE = 64  # numbers that an image has to go through
NOISE = 0.3  # standard deviation of what is added to pixels in 0..1


def learner(asked: dict[str, Any]) -> Learner:
    """Build an encoder, which is the backbone, and a decoder."""
    side = asked["image_size"]
    encoder, code = pretrained.network(side), keras.layers.Dense(CODE)
    whole = keras.Model(encoder.input, decoder(side, CODE)(code(encoder.output)))

    def noisy(images: Any, seed: Any) -> Any:
        added = NOISE * tf.random.stateless_normal(tf.shape(images), seed)
        return tf.clip_by_value(images + added, 0, 1)

    def loss(images: Any, seed: Any) -> Any:
        return tf.reduce_mean(tf.square(whole(255 * noisy(images, seed)) - images))

    def pictures(images: Any, seed: Any) -> dict[str, Any]:
        given = noisy(images, seed)
        return {"held out": images, "with noise": given, "rebuilt": whole(255 * given)}

    return Learner(encoder, ((whole, loss),), pictures)
