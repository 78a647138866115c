"""Calibration: bins, errors against chance, the Brier score in parts."""

import numpy as np
import pytest
from factories.trials import covers

from helpers.metrics.calibration import (
    brier_parts,
    calibration,
    equal_mass_bins,
    expected_calibration_error,
    noise_floor,
    reliability,
)
from helpers.metrics.statistics.bootstrap import Resampling


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
    tied = reliability(confidence, correct, Resampling(groups=np.arange(100) // 5))
    assert (tied["low"] < table["low"]).all() and (tied["high"] >= table["high"]).all()
    assert tied["accuracy"].tolist() == table["accuracy"].tolist()


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


@pytest.mark.parametrize(
    ("accuracy", "stated"), [(0.99, 0.97), (0.98, 0.999), (0.95, 0.99), (0.9, 0.8), (1.0, 0.97)]
)
@pytest.mark.parametrize("items", [30, 200])
def test_the_interval_covers_where_few_errors_are_seen(accuracy, stated, items):
    random, tries, hits = np.random.default_rng(0), 200, 0
    for seed in range(tries):
        right = random.random(items) < accuracy
        error = calibration(np.full(items, stated), right, Resampling(300, seed)).error
        hits += error.low - 1e-9 <= abs(accuracy - stated) <= error.high + 1e-9
    assert covers(hits, tries) or hits == tries


def test_a_handful_of_items_has_no_interval():
    few = calibration(np.full(19, 0.9), np.arange(19) > 0)
    assert np.isnan(few.error.low) and few.error.value == pytest.approx(0.9 - 18 / 19, abs=0.2)
