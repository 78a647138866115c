"""A GAN whose discriminator becomes the backbone (Goodfellow, 2014; Radford et al., 2016)."""

from typing import Any

import keras
import tensorflow as tf

from helpers.models.image import pretrained
from helpers.training.pretraining.learner import Learner, decoder

CODE = 64  # random numbers that an image is made from
NOISE = 0.3  # added to all that is judged: a sure discriminator teaches nothing
REAL = 0.9  # what a real image counts as, for the same reason


def learner(asked: dict[str, Any]) -> Learner:
    """Build a discriminator, which holds the backbone, and a generator."""
    side = asked["image_size"]
    backbone, generator = pretrained.network(side), decoder(side, CODE)
    judge = keras.Model(backbone.input, keras.layers.Dense(1)(backbone.output))
    cross = tf.nn.sigmoid_cross_entropy_with_logits

    def sample(count: Any, seed: Any) -> Any:
        return generator(tf.random.stateless_normal((count, CODE), seed))

    def judged(images: Any, seed: Any) -> Any:
        return judge(255 * (images + NOISE * tf.random.stateless_normal(tf.shape(images), seed)))

    def detect(images: Any, seed: Any) -> Any:
        real, fake = judged(images, seed), judged(sample(len(images), seed), seed + 1)
        both = cross(REAL * tf.ones_like(real), real) + cross(tf.zeros_like(fake), fake)
        return tf.reduce_mean(both) / 2

    def deceive(images: Any, seed: Any) -> Any:
        return tf.reduce_mean(tf.nn.softplus(-judged(sample(len(images), seed), seed + 1)))

    def pictures(images: Any, seed: Any) -> dict[str, Any]:
        return {"held out": images, "made": sample(len(images), seed)}

    players = ((judge, detect), (generator, deceive))
    return Learner(backbone, players, pictures, sample, keeps_best=False, momentum=0.5)
