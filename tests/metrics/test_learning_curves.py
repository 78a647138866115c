"""A learning curve foretells what twice the labels bring: its promise is counted here."""

import numpy as np
import pytest
from factories.repository import REPOSITORY
from scipy.optimize import least_squares
from scipy.stats import binomtest

from helpers.core.records.training import LearningCurve
from helpers.metrics.learning_curves import _fitted, extended, sentence

SHARES = 0.8 * 2.0 ** np.arange(-3, 1)


def resampled(right, random, resamples=40):
    """Return shares of right items [1 + R, S] of bool [S, N], the first as it is."""
    items = right.shape[1]
    weights = random.multinomial(items, np.full(items, 1 / items), resamples) / items
    return np.vstack([right.mean(axis=1), weights @ right.T.astype(float)])


def test_on_shipped_data_the_interval_holds_what_the_held_out_half_brought():
    # learning_curve.measure's answers by probes on random halves of four shipped data sets, and
    # the mean gain of 20 to 40 draws when the other half was added, on items in neither
    random, held, tries = np.random.default_rng(0), 0, 0
    with np.load(REPOSITORY / "tests" / "golden" / "learning_curves.npz") as stored:
        for name in ("digits", "newswire", "sentiment", "solar-cells"):
            items, gain = stored[f"{name}:items,gain"]
            for packed in stored[name]:
                right = np.unpackbits(packed, axis=-1, count=int(items)).astype(bool)
                curve = extended("accuracy", int(items), SHARES * items, resampled(right, random))
                held, tries = held + (curve.gain[1] <= gain <= curve.gain[2]), tries + 1
                assert curve.gain[2] < 0.05  # it says something
    assert tries == 24 and binomtest(held, tries, 0.95, alternative="less").pvalue > 0.05


@pytest.mark.parametrize(("level", "scale", "exponent"), [(0.95, 0.05, 0.5), (0.8, 0.1, 0.3)])
def test_a_power_law_is_extended_as_it_is(level, scale, exponent):
    values = np.tile(level - scale * SHARES**-exponent, (3, 1))
    curve = extended("accuracy", 1000, 1000 * SHARES, values)
    expected = scale * (1 - 2**-exponent)
    assert curve.gain == pytest.approx([expected] * 3, abs=2e-4)
    assert curve.law == pytest.approx([level, scale, exponent], abs=0.02)
    assert f"{100 * expected:.1f} points" in sentence(curve, "x")
    assert "2,000 items" in sentence(curve, "x")


@pytest.mark.parametrize("top", [1.0, 0.85])
def test_the_law_is_that_of_least_squares(top):
    random = np.random.default_rng(2)
    values = 0.9 - 0.05 * SHARES**-0.5 + 0.02 * random.normal(size=(20, 4))

    def off(law, ours):
        return SHARES**0.25 * (law[0] - law[1] * SHARES ** -law[2] - ours)

    for law, ours in zip(_fitted(SHARES, values, top), values, strict=True):
        bounds = ([-np.inf, 0, 0.1], [top + 1e-9, np.inf, 1])
        best = least_squares(off, (0.8, 0.01, 0.5), args=(ours,), bounds=bounds)
        assert (off(law, ours) ** 2).sum() <= 2 * best.cost + 1e-5
        assert law[0] <= top and law[1] >= 0


def test_a_loss_falls_and_a_flat_curve_promises_nothing():
    falling = np.tile(0.2 + 0.1 * SHARES**-0.5, (3, 1))
    curve = extended("log-loss", 400, 400 * SHARES, falling)
    assert curve.gain[0] == pytest.approx(0.1 * (1 - 2**-0.5), abs=1e-3)
    assert curve.law[0] == pytest.approx(0.2, abs=0.02) and "points" not in sentence(curve, "x")
    flat = extended("accuracy", 400, 400 * SHARES, np.full((3, 4), 1.0))
    assert flat.gain == pytest.approx([0, 0, 0], abs=1e-4)
    worse = extended("accuracy", 400, 400 * SHARES, np.tile([0.9, 0.89, 0.88, 0.87], (3, 1)))
    assert worse.gain[0] == pytest.approx(0, abs=1e-4)


def test_the_simulated_promise_is_kept():
    random, held, runs, items = np.random.default_rng(1), 0, 25, 800
    for _ in range(runs):
        scale, exponent = random.uniform(0.02, 0.08), random.uniform(0.2, 0.8)
        chances = 0.92 - scale * SHARES**-exponent
        hard = random.random(items)
        right = np.where(random.random((4, items)) < 0.7, hard, random.random((4, items)))
        curve = extended(
            "accuracy", items, items * SHARES, resampled(right < chances[:, None], random)
        )
        gain = scale * (1 - 2**-exponent)
        held += curve.gain[1] <= gain <= curve.gain[2]
    assert binomtest(held, runs, 0.95, alternative="less").pvalue > 0.01


def test_where_there_is_no_curve_the_reason_is_told():
    none = LearningCurve(metric="accuracy", items=90, reason="90 items are too few")
    assert sentence(none, "pixels") == (
        "What more labels would bring pixels is not known: 90 items are too few."
    )
