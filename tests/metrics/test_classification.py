"""Every metric with its interval: too good, too few or too uniform data, and one metric alone."""

import numpy as np
import pytest

from helpers.metrics.classification import estimate, estimates
from helpers.metrics.statistics.bootstrap import Resampling


def test_a_brier_score_stays_below_2_and_two_groups_are_too_few():
    right = 1 - np.sqrt(np.array([0.1, 0.5, 2.0] * 4) / 2)
    labels, scores = np.zeros(12, int), np.column_stack([right, 1 - right])

    def brier(groups):
        resampling = Resampling(300, 0, np.array(groups))
        return estimate("brier-score", labels, scores.argmax(1), scores, resampling)

    three, two = brier(list("abc") * 4), brier(list("ab") * 6)
    assert three.low == 0 and three.high == 2.0
    assert np.isnan(two.low) and two.note == "only 2 groups: too few to resample"


def whole(labels, predictions, classes=3, groups=None):
    scores = np.full((len(labels), classes), 0.1 / (classes - 1))
    scores[np.arange(len(labels)), predictions] = 0.9
    return estimates(labels, predictions, scores, Resampling(300, 0, groups))


CASES = {
    "perfect": ([0, 1, 2] * 20, [0, 1, 2] * 20),
    "all-wrong": ([0, 1, 2] * 20, [1, 2, 0] * 20),
    "constant": ([0, 1, 2] * 20, [0] * 60),
    "one-class": ([1] * 30, [1] * 29 + [0]),
    "one-class-perfect": ([1] * 30, [1] * 30),
    "five": ([0, 1, 2, 0, 1], [0, 1, 2, 0, 0]),
    "one-item": ([0], [0]),
}


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("error")
def test_extremes_give_an_honest_interval_or_say_why_not(name, grouped):
    labels, predictions = map(np.array, CASES[name])
    groups = np.arange(len(labels)) // 2 if grouped else None
    for metric, found in whole(labels, predictions, groups=groups).items():
        assert found.method
        if np.isfinite(found.low):
            assert found.low <= found.value <= found.high, metric
            assert found.high > found.low, metric
        else:
            assert found.note, metric


def test_no_error_seen_is_not_no_error_possible():
    found = whole(*map(np.array, CASES["perfect"]))
    for metric in ("accuracy", "macro-f1", "matthews-correlation", "roc-auc"):
        assert found[metric].value == pytest.approx(1) and 0.5 < found[metric].low < 0.99, metric


def test_undefined_metrics_say_so():
    constant = whole(*map(np.array, CASES["constant"]))
    assert np.isnan(constant["matthews-correlation"].value)
    assert constant["matthews-correlation"].note
    assert "2 of 3 classes never predicted" in constant["macro-precision"].note
    alone = whole(*map(np.array, CASES["one-class"]))
    assert np.isnan(alone["roc-auc"].value) and "one class" in alone["roc-auc"].note
    assert "classes without a test item" in alone["macro-f1"].note


def test_one_metric_alone_is_the_same_as_among_all():
    random = np.random.default_rng(0)
    labels, scores = random.integers(0, 3, 100), random.dirichlet([1, 1, 1], 100)
    every = estimates(labels, scores.argmax(1), scores, Resampling(300, 5))
    for metric in ("macro-f1", "log-loss", "roc-auc", "brier-score"):
        alone = estimate(metric, labels, scores.argmax(1), scores, Resampling(300, 5))
        assert (alone.value, alone.low, alone.high) == pytest.approx(
            (every[metric].value, every[metric].low, every[metric].high)
        )
