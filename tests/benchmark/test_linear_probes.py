"""Our probes beside those of scikit-learn."""

import numpy as np
import pytest

from helpers.benchmark import linear_probes
from helpers.training.labelled_splits import LabelledSplits


def test_our_probes_give_the_answers_that_theirs_give():
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, 400)
    values = (random.normal(size=(3, 20))[labels] + random.normal(size=(400, 20))).astype("float32")
    splits = LabelledSplits(labels, np.arange(250), np.arange(250, 400), 3, "accuracy")
    material = linear_probes.Material(values, splits)
    times, accuracy = linear_probes.compare(material, rounds=1)
    assert set(times["way"]) == set(linear_probes.WAYS)
    for ours, theirs in linear_probes.PAIRS:
        assert accuracy[ours] == pytest.approx(accuracy[theirs], abs=0.03) and accuracy[ours] > 0.8
    lines = linear_probes.sentences(times, accuracy)
    assert "RidgeClassifierCV" in lines[0] and "LogisticRegressionCV" in lines[1]
