"""Speed of detectors: its sentences."""

import pandas as pd

from helpers.benchmark import detectors


def test_each_network_is_compared_with_its_own_alternative():
    rates = {
        "centre: our engine": 30.0,
        "centre: TensorFlow": 20.0,
        "head on lite: our engine": 50.0,
        "head on lite: keras.Model.predict, batch 32": 20.0,
    }
    frame = pd.DataFrame({"way": rates.keys(), "median": rates.values()})
    assert detectors.sentences(frame) == [
        "centre: our engine is 1.50 times as fast as TensorFlow.",
        "head on lite: our engine is 2.50 times as fast as keras.Model.predict, batch 32.",
    ]
