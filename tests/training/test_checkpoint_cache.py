"""A trained network is kept once, and one that is damaged or does not fit is trained again."""

import numpy as np
import pandas as pd
import pytest

from helpers.core import cache, paths
from helpers.training import checkpoint_cache
from helpers.training.training_loop import HISTORY, FineTuned


class Network:
    """Stands in for one of Keras."""

    def __init__(self, *weights):
        self.weights = weights

    def get_weights(self):
        return [*self.weights]

    def set_weights(self, weights):
        if [each.shape for each in weights] != [each.shape for each in self.weights]:
            raise ValueError("other shapes")
        self.weights = weights


def network(size=3):
    return Network(np.zeros((size, 2), np.float32), np.zeros(2, np.float32))


@pytest.fixture
def fitted(repository):
    """Train or restore, and tell whether it was trained."""

    def fit(size=3):
        ran = []

        def train():
            ran.append(1)
            history = pd.DataFrame([[0, "probe", np.nan, np.nan, 0.5, 1.0]], columns=HISTORY)
            kept = Network(np.ones((size, 2), np.float32), np.arange(2, dtype=np.float32))
            return FineTuned(kept, history, 0, 0.5, ["a warning"])

        return checkpoint_cache.restored_or_trained("key", lambda: network(size), train), bool(ran)

    return fit


def test_a_training_comes_back_as_it_was(fitted):
    (first, trained), (second, again) = fitted(), fitted()
    assert trained and not again
    pairs = zip(first.network.get_weights(), second.network.get_weights(), strict=True)
    assert all(one.tobytes() == other.tobytes() for one, other in pairs)
    assert first.history.equals(second.history) and first.history["loss"].dtype == float
    assert (second.best, second.value, second.warnings) == (0, 0.5, ["a warning"])


def test_what_is_damaged_is_trained_again(fitted, capsys):
    fitted()
    [file] = paths.cache("fits").iterdir()
    whole = file.read_bytes()
    for content in (b"", whole[:200], whole[:-1] + bytes([whole[-1] ^ 1])):
        file.write_bytes(content)
        assert fitted()[1] and not fitted()[1]
    assert capsys.readouterr().err.count("damaged") == 3


def test_weights_of_another_shape_and_a_record_of_older_code_are_trained_again(fitted):
    fitted()
    assert fitted(size=4)[1] and not fitted(size=4)[1]
    [file] = paths.cache("fits").iterdir()
    cache.write(file, {"0": np.ones((4, 2), np.float32)}, {"history": []})
    assert fitted(size=4)[1] and not fitted(size=4)[1]
