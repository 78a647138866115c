"""SimCLR: two views of an image should be alike, and unlike all others (Chen et al., ICML 2020)."""

from typing import Any

import keras
import tensorflow as tf

from helpers.models.image import pretrained
from helpers.training.pretraining.learner import Learner

TEMPERATURE, HIDDEN, PROJECTED = 0.2, 128, 64
ANGLE, SCALE, SHEAR, MOVE = 0.35, 0.25, 0.3, 0.12  # the most that a view differs


def learner(asked: dict[str, Any]) -> Learner:
    """Build a backbone, and a projection that is thrown away after pretraining."""
    side = asked["image_size"]
    backbone, layers = pretrained.network(side), keras.layers
    x = layers.Dense(HIDDEN, "relu")(backbone.output)
    projector = keras.Model(backbone.input, layers.Dense(PROJECTED)(x))

    def loss(images: Any, seed: Any) -> Any:
        both = tf.concat([view(images, seed), view(images, seed + 1)], axis=0)
        given, count = tf.math.l2_normalize(projector(255 * both), axis=1), tf.shape(both)[0]
        alike = tf.matmul(given, given, transpose_b=True) / TEMPERATURE
        logits = alike - 1e9 * tf.eye(count)  # an image is no partner of itself
        partners = tf.roll(tf.range(count), count // 2, axis=0)
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(partners, logits))

    def pictures(images: Any, seed: Any) -> dict[str, Any]:
        return {"held out": images, "a view": view(images, seed), "another": view(images, seed + 1)}

    return Learner(backbone, ((projector, loss),), pictures)


def view(images: Any, seed: Any) -> Any:
    """Turn, scale, shear and move each image about its centre."""
    draws = tf.random.stateless_uniform((tf.shape(images)[0], 5), seed, -1.0, 1.0)
    angle, scale, shear, right, down = tf.unstack(draws, axis=1)
    size, lean, turn = 1 + SCALE * scale, SHEAR * shear, ANGLE * angle
    a, b = size * tf.cos(turn), size * (lean * tf.cos(turn) - tf.sin(turn))
    c, d = size * tf.sin(turn), size * (lean * tf.sin(turn) + tf.cos(turn))
    middle, zero = (images.shape[1] - 1) / 2, tf.zeros_like(a)
    x, y = (middle * (1 - p - q + 2 * MOVE * by) for p, q, by in ((a, b, right), (c, d, down)))
    given = {"images": images, "output_shape": tf.shape(images)[1:3], "fill_value": 0.0}
    given |= {"transforms": tf.stack([a, b, x, c, d, y, zero, zero], axis=1)}
    how = {"interpolation": "BILINEAR", "fill_mode": "NEAREST"}
    return tf.raw_ops.ImageProjectiveTransformV3(**given, **how)
