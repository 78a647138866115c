"""Intervals of what a confusion matrix decides: seeds, groups, and too little data."""

import numpy as np

from helpers.metrics import confusion_intervals
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


def test_many_classes_are_counted_where_cells_are_filled(monkeypatch):
    """A table of 20,000 items in 1,000 classes has 60 million cells, 60,000 of them filled."""
    random = np.random.default_rng(0)
    labels, other = random.integers(0, 12, (2, 400))
    predictions = np.where(random.random(400) < 0.6, labels, other)
    dense = count_intervals(labels, predictions, 12, Resampling(200, 1))
    monkeypatch.setattr(confusion_intervals, "_FILLED", 50)
    for name, one in count_intervals(labels, predictions, 12, Resampling(200, 1)).items():
        limits = [[each.value, each.low, each.high] for each in (one, dense[name])]
        assert np.allclose(*limits, atol=1e-12), name
