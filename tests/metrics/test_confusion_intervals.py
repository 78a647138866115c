"""Intervals of what a confusion matrix decides: seeds, groups, and too little data."""

import numpy as np

from helpers.metrics.confusion_intervals import class_intervals, count_intervals
from helpers.metrics.statistics.bootstrap import Resampling


def test_the_same_seed_gives_the_same_bytes_and_another_does_not():
    random = np.random.default_rng(0)
    labels, predictions = random.integers(0, 3, (2, 200))
    first, again, other = (
        count_intervals(labels, predictions, 3, Resampling(300, seed))["macro-f1"]
        for seed in (1, 1, 2)
    )
    assert first == again != other
    order = random.permutation(200)
    assert (
        count_intervals(labels[order], predictions[order], 3, Resampling(300, 1))["macro-f1"]
        == first
    )


def test_few_groups_are_noted():
    random = np.random.default_rng(0)
    labels, predictions = random.integers(0, 2, (2, 60))
    resampling = Resampling(200, 0, np.repeat([0, 1, 2], 20))
    found = count_intervals(labels, predictions, 2, resampling)
    assert "only 3 groups" in found["accuracy"].note and "cluster" in found["accuracy"].method
    each = class_intervals(labels, predictions, 2, resampling)
    assert "cluster" in each[0]["f1"].method
