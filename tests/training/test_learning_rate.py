"""The learning rate: a rise, then a fall to zero."""

import pytest

from helpers.training import learning_rate


def test_the_rate_rises_and_falls_in_straight_lines():
    rate = learning_rate.schedule({"warmup": 0.2, "rate": 1.0, "decay": "linear"}, 100)
    values = [float(rate(step)) for step in (0, 10, 20, 60, 100)]
    assert values == pytest.approx([0, 0.5, 1, 0.5, 0])
