"""The learning rate over a training: a warm-up, then a decay to zero."""

from typing import Any

import keras
import tensorflow as tf


def schedule(
    options: dict[str, Any], total: int
) -> keras.optimizers.schedules.LearningRateSchedule:
    """Return a rate that rises over the warm-up, then decays to zero, by a cosine or linearly."""
    warm, rate = int(round(options["warmup"] * total)), options["rate"]
    if options.get("decay") == "linear":
        steps = keras.optimizers.schedules.PolynomialDecay(rate, max(1, total - warm), 0.0)
        return _Warmed(steps, rate, warm) if warm else steps
    return keras.optimizers.schedules.CosineDecay(
        0.0 if warm else rate,
        max(1, total - warm),
        warmup_target=rate if warm else None,
        warmup_steps=warm,
    )


class _Warmed(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule after a linear rise."""

    def __init__(self, after: Any, rate: float, warm: int) -> None:
        self.after, self.rate, self.warm = after, rate, warm

    def __call__(self, step: Any) -> Any:
        step = tf.cast(step, tf.float32)
        return tf.where(
            step < self.warm, self.rate * step / self.warm, self.after(step - self.warm)
        )

    def get_config(self) -> dict[str, Any]:
        return {"after": self.after.get_config(), "rate": self.rate, "warm": self.warm}
