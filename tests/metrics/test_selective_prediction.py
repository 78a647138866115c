"""Risk against coverage: the textbook area, every order of ties, coverage of its intervals."""

import numpy as np
import pytest
from factories.trials import LOW, holds, within

from helpers.metrics.selective_prediction import area, risk_coverage
from helpers.metrics.statistics.bootstrap import Resampling


def textbook(confidence, losses):
    """Geifman et al.'s area: the mean over k of the mean loss of the k surest."""
    ordered = losses[np.argsort(-confidence, kind="stable")]
    return np.mean(np.cumsum(ordered) / np.arange(1, len(ordered) + 1))


def model(items, random, sharpness):
    confidence = random.beta(sharpness, 1.2, items)
    return confidence, (random.random(items) > confidence).astype(float)


def test_the_area_is_the_textbooks():
    random = np.random.default_rng(0)
    for losses in ((random.random(300) < 0.2).astype(float), random.exponential(size=300)):
        confidence = random.random(300)
        assert area(confidence, losses)[0] == pytest.approx(textbook(confidence, losses))


def test_ties_count_in_every_order():
    random = np.random.default_rng(1)
    confidence, losses = random.random(60).round(1), (random.random(60) < 0.3).astype(float)
    orders = [random.permutation(60) for _ in range(4000)]
    mean = np.mean([textbook(confidence[order], losses[order]) for order in orders])
    assert area(confidence, losses)[0] == pytest.approx(mean, abs=0.002)
    assert area(np.ones(60), losses)[0] == pytest.approx(losses.mean())


def test_the_influence_is_what_one_more_item_changes():
    random = np.random.default_rng(2)
    confidence, losses = model(2000, random, 5)
    value, influence = area(confidence, losses)
    assert abs(influence.mean()) < 1e-12
    for item in random.integers(0, 2000, 20):
        more = area(np.append(confidence, confidence[item]), np.append(losses, losses[item]))[0]
        assert (more - value) * 2001 == pytest.approx(influence[item], abs=0.02)


@pytest.mark.parametrize(("sharpness", "items"), [(3, 100), (10, 300), (30, 60)])
def test_intervals_of_the_areas_cover(sharpness, items):
    random, tries, hits = np.random.default_rng(3), 500, np.zeros(2, int)
    confidence, losses = model(1_000_000, random, sharpness)
    truth, error = area(confidence, losses)[0], losses.mean()
    excess = truth - (error + (1 - error) * np.log1p(-error))
    for _ in range(tries):
        found = risk_coverage(*model(items, random, sharpness))
        hits += [
            found.area.low <= truth <= found.area.high,
            found.excess.low <= excess <= found.excess.high,
        ]
    print(sharpness, items, error, hits / tries)
    assert (hits >= within(tries, LOW)[0]).all()  # few errors: wider, never too narrow
    assert items < 100 or (hits <= within(tries, 0.97)[1]).all()


def test_groups_make_the_limits_wider():
    random = np.random.default_rng(4)
    groups = np.arange(40).repeat(10)
    losses = (random.random(40) < 0.3).astype(float)[groups]
    confidence = random.random(400)
    alone = risk_coverage(confidence, losses)
    whole = risk_coverage(confidence, losses, Resampling(groups=groups))
    assert whole.area.high - whole.area.low > 2 * (alone.area.high - alone.area.low)
    assert (whole.low <= whole.risk).all() and (whole.risk <= whole.high).all()
    assert "group" in whole.area.method


def test_the_curves_limits_hold_with_few_groups_of_unequal_size():
    tries, held = 150, 0
    for seed in range(tries):
        random = np.random.default_rng([5, seed])
        groups = np.arange(15).repeat(random.integers(1, 16, 15))
        losses = (random.random(len(groups)) < random.beta(0.6, 2.4, 15)[groups]).astype(float)
        found = risk_coverage(random.random(len(groups)), losses, Resampling(400, 0, groups))
        held += found.low[-1] <= 0.2 <= found.high[-1]
        assert (found.low >= 0).all() and (found.high <= 1).all()
    assert holds(held, tries)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("losses", [[0] * 5, [1] * 5, [1, 0, 0, 0, 0], [0, 0, 0, 0, 1]])
@pytest.mark.parametrize("confidence", [[0.5] * 5, [0.9, 0.8, 0.7, 0.6, 0.5]])
def test_five_items_perfect_hopeless_and_tied(confidence, losses):
    found = risk_coverage(np.array(confidence), np.array(losses))
    for each in (found.area, found.excess):
        assert 0 <= each.low <= each.value <= each.high <= 1 and each.high > 0
    assert found.coverage[-1] == 1 and found.risk[-1] == np.mean(losses)
