"""The learning rate over a training: a warm-up, then a decay to zero."""

from typing import Any

import tensorflow as tf
from keras.optimizers import schedules


def schedule(options: dict[str, Any], total: int) -> schedules.LearningRateSchedule:
    """Return a rate that rises over the warm-up, then decays to zero, by a cosine or linearly."""
    warm, rate = int(round(options["warmup"] * total)), options["rate"]
    steps = max(1, total - warm)
    if options.get("decay") == "linear":
        decay = schedules.PolynomialDecay(rate, steps, 0.0)
        return _Warmed(decay, rate, warm) if warm else decay
    if not warm:
        return schedules.CosineDecay(rate, steps)
    return schedules.CosineDecay(0.0, steps, warmup_target=rate, warmup_steps=warm)


class _Warmed(schedules.LearningRateSchedule):
    """A schedule after a linear rise."""

    def __init__(self, after: Any, rate: float, warm: int) -> None:
        self.after, self.rate, self.warm = after, rate, warm

    def __call__(self, step: Any) -> Any:
        step = tf.cast(step, tf.float32)
        rising = self.rate * step / self.warm
        return tf.where(step < self.warm, rising, self.after(step - self.warm))
