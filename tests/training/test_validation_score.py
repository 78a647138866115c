"""The validation score: every metric that may choose."""

import numpy as np
import pytest
from sklearn import metrics

from helpers.core.errors import UserError
from helpers.metrics.metric import CLASSIFICATION
from helpers.metrics.registry import names
from helpers.training import validation_score


@pytest.mark.parametrize("primary", names(CLASSIFICATION, may_choose=True))
def test_every_metric_prefers_the_better_scores(primary):
    labels = np.array([0, 1, 2] * 20)
    right = np.eye(3)[labels] * 0.9 + 0.1 / 3
    wrong = np.roll(right, 1, axis=0)
    good, bad = (validation_score.score(primary, labels, scores) for scores in (right, wrong))
    assert good > bad
    if primary != "log-loss":
        assert good == pytest.approx(1)


def test_an_unknown_metric_names_the_closest():
    with pytest.raises(UserError, match="macro-f1"):
        validation_score.score("macro-f2", np.array([0]), np.ones((1, 2)) / 2)


@pytest.mark.parametrize("seed", range(40))
def test_means_over_classes_are_those_of_scikit_learn_to_the_last_bit(seed):
    random = np.random.default_rng(seed)
    classes, count = random.integers(2, 12), random.integers(1, 90)
    labels = random.integers(0, classes, count)  # some classes have no item
    scores = random.random((count, classes)) ** 3 + np.eye(classes)[labels] * random.random()
    given = {"labels": np.unique(labels), "zero_division": 0}
    said = scores.argmax(axis=1)
    expected = {
        "accuracy": metrics.accuracy_score(labels, said),
        "balanced-accuracy": metrics.recall_score(labels, said, average="macro", **given),
        "macro-f1": metrics.f1_score(labels, said, average="macro", **given),
        "macro-recall": metrics.recall_score(labels, said, average="macro", **given),
        "macro-precision": metrics.precision_score(labels, said, average="macro", **given),
        "weighted-f1": metrics.f1_score(labels, said, average="weighted", **given),
    }
    found = {name: validation_score.score(name, labels, scores) for name in expected}
    assert found == expected
