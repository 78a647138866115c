"""Intervals against other libraries, and where data are too few, too good or too uniform."""

import numpy as np
import pytest
from factories.trials import covers
from scipy.stats import binomtest, bootstrap

from helpers.metrics.calibration import (
    brier_parts,
    calibration,
    equal_mass_bins,
    expected_calibration_error,
    noise_floor,
    reliability,
)
from helpers.metrics.classification import estimate, estimates
from helpers.metrics.confusion_intervals import class_intervals, count_intervals
from helpers.metrics.slices import by_slice
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import mean_intervals, share_interval, wilson


@pytest.mark.parametrize(("hits", "items"), [(0, 5), (5, 5), (47, 50), (1, 1000)])
def test_wilson_is_scipys(hits, items):
    theirs = binomtest(hits, items).proportion_ci(method="wilson")
    ours = wilson(hits, items)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))
    assert ours.method == "Wilson"


def test_a_brier_score_stays_below_2_and_two_groups_are_too_few():
    right = 1 - np.sqrt(np.array([0.1, 0.5, 2.0] * 4) / 2)
    labels, scores = np.zeros(12, int), np.column_stack([right, 1 - right])

    def brier(groups):
        resampling = Resampling(300, 0, np.array(groups))
        return estimate("brier-score", labels, scores.argmax(1), scores, resampling)

    three, two = brier(list("abc") * 4), brier(list("ab") * 6)
    assert three.low == 0 and three.high == 2.0
    assert np.isnan(two.low) and two.note == "only 2 groups: too few to resample"


def test_bca_is_scipys():
    losses = np.random.default_rng(0).exponential(size=80)
    theirs = bootstrap((losses,), np.mean, n_resamples=20_000, method="BCa", rng=1)
    ours = mean_intervals({"loss": losses}, Resampling(20_000, 1))["loss"]
    limits = theirs.confidence_interval
    assert (ours.low, ours.high) == pytest.approx((limits.low, limits.high), abs=0.01)


@pytest.mark.parametrize("groups", [6, 20])
def test_intervals_of_mean_losses_cover_where_groups_are_few(groups):
    random, tries, hits, code = np.random.default_rng(1), 400, 0, np.arange(groups).repeat(10)
    for seed in range(tries):
        losses = random.exponential(size=len(code)) * (1 + random.uniform(-0.8, 0.8, groups))[code]
        found = mean_intervals({"loss": losses}, Resampling(300, seed, code))["loss"]
        hits += found.low <= 1 <= found.high
    print(groups, hits / tries)
    assert covers(hits, tries)


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


def test_few_groups_are_noted():
    random = np.random.default_rng(0)
    labels, predictions = random.integers(0, 2, (2, 60))
    resampling = Resampling(200, 0, np.repeat([0, 1, 2], 20))
    found = count_intervals(labels, predictions, 2, resampling)
    assert "only 3 groups" in found["accuracy"].note and "cluster" in found["accuracy"].method
    each = class_intervals(labels, predictions, 2, resampling)
    assert "cluster" in each[0]["f1"].method


def test_a_share_without_spread_takes_wilsons_limits():
    found = share_interval(1.0, np.zeros(50), least=10)
    assert found.low == pytest.approx(wilson(10, 10).low) and found.high == 1


def test_bins_have_equal_mass_and_ties_share_one():
    confidence = np.random.default_rng(0).random(1500)
    assert set(np.bincount(equal_mass_bins(confidence))) == {100}
    assert set(equal_mass_bins(np.full(20, 0.7))) == {0}


def test_calibration_of_a_known_table():
    confidence = np.repeat([0.6, 0.9], 50)
    correct = np.r_[np.arange(50) < 20, np.arange(50) < 45]
    plain, debiased = expected_calibration_error(confidence, correct)
    assert plain == pytest.approx((0.2 + 0) / 2) and 0 < debiased < plain
    table = reliability(confidence, correct)
    assert table["accuracy"].tolist() == pytest.approx([0.4, 0.9])
    assert table["count"].tolist() == [50, 50]


def test_the_noise_floor_is_the_measured_one():
    random = np.random.default_rng(0)
    few = noise_floor(0.5 + 0.5 * random.random(200)).mean()
    many = noise_floor(0.5 + 0.5 * random.random(10_000)).mean()
    assert 0.07 < few < 0.11 and 0.008 < many < 0.015


def test_brier_parts_add_up():
    random = np.random.default_rng(0)
    confidence = random.random(500)
    parts = brier_parts(confidence, random.random(500) < confidence)
    total = parts["reliability"] - parts["resolution"] + parts["uncertainty"] + parts["within"]
    assert total == pytest.approx(parts["brier"]) and abs(parts["within"]) < 0.01


def test_overconfidence_is_found():
    random = np.random.default_rng(0)
    confidence = 0.5 + 0.5 * random.random(2000)
    found = calibration(confidence, random.random(2000) < confidence - 0.2)
    assert found.error.low > found.floor and found.debiased == pytest.approx(0.2, abs=0.03)


def test_a_real_gap_between_slices_is_found_and_shuffling_groups_is_honest():
    random = np.random.default_rng(0)
    slices = np.repeat(["mono", "poly"], 300)
    labels = random.integers(0, 2, 600)
    right = random.random(600) < np.repeat([0.95, 0.75], 300)
    predictions = np.where(right, labels, 1 - labels)
    found = by_slice("macro-f1", labels, predictions, 2, slices, Resampling(200))
    assert found.names == ["mono", "poly"] and found.sizes == [300, 300]
    assert found.gap > found.usual_gap and found.p < 0.01
    grouped = by_slice("macro-f1", labels, predictions, 2, slices, Resampling(200, 0, slices))
    assert grouped.p > 0.3
