"""Calibration: bins, errors against chance, the Brier score in parts."""

import numpy as np
import pytest

from helpers.metrics.calibration import (
    brier_parts,
    calibration,
    equal_mass_bins,
    expected_calibration_error,
    noise_floor,
    reliability,
)


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
