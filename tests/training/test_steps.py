"""A batch counts as one, in however many parts it is learned from."""

import keras
import numpy as np
import pytest

from helpers.core.errors import UserError
from helpers.training import steps

RANDOM = np.random.default_rng(0)
BATCH = (
    RANDOM.normal(size=(7, 4)).astype(np.float32),
    np.array([0, 1, 0, 1, 1, 0, 1]),
    RANDOM.random(7).astype(np.float32),
)


def network():
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])


def limited(step, most):
    """Let a device hold so many items."""
    learn, sizes = step.gradients, []

    def gradients(*part):
        sizes.append(len(part[0]))
        if sizes[-1] > most:
            raise MemoryError("full")
        return learn(*part)

    step.gradients = gradients
    return sizes


def learned(most):
    made = network()
    step = steps.of(made, keras.optimizers.Adam(0.1))
    sizes = limited(step, most)
    logits = [step(*BATCH) for _ in range(3)]
    return np.array(logits), made.get_weights(), sizes


def test_parts_of_a_batch_teach_what_the_batch_does():
    whole, parts = learned(7), learned(2)
    assert set(whole[2]) == {7} and parts[2][:3] == [7, 3, 1] and set(parts[2][3:]) == {1}
    assert np.allclose(whole[0], parts[0], atol=1e-5)
    assert all(np.allclose(a, b, atol=1e-5) for a, b in zip(whole[1], parts[1], strict=True))


def test_an_item_that_no_memory_holds_ends_in_one_line():
    with pytest.raises(UserError, match="training: its memory does not hold one item"):
        learned(0)
