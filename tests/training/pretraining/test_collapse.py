"""Collapse is found where features or samples are all alike, and not elsewhere."""

import numpy as np
import pytest

from helpers.training.pretraining import collapse

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("directions", [1, 2, 3, 10, 40])
def test_rank_counts_directions(directions):
    basis = np.linalg.qr(RANDOM.normal(size=(64, directions)))[0]
    features = RANDOM.normal(size=(500, directions)) @ basis.T + 7
    assert collapse.rank(features) == pytest.approx(directions, rel=0.05)
    said = collapse.doubts("made", collapse.rank(features), (np.nan, np.nan))
    assert len(said) == (directions < collapse.LEAST_RANK)


def test_features_that_are_constant_have_no_rank():
    assert collapse.rank(np.ones((20, 5))) == 0.0


def test_of_a_few_items_nothing_is_said():
    """Three items vary in two directions at the most, whatever the network is."""
    few = collapse.rank(RANDOM.normal(size=(3, 64)))
    assert np.isnan(few) and not collapse.doubts("made", few, (np.nan, np.nan))


def pictures(count, kinds=0):
    """Draw pictures, or a few kinds of them again and again with a little noise."""
    if not kinds:
        return RANDOM.integers(0, 256, (count, 8, 8, 3)).astype(np.uint8)
    few = RANDOM.integers(5, 250, (kinds, 8, 8, 3))
    return (few[np.arange(count) % kinds] + RANDOM.integers(-2, 3, (count, 8, 8, 3))).astype(
        np.uint8
    )


@pytest.mark.parametrize(("kinds", "found"), [(0, False), (1, True), (5, True), (60, True)])
def test_a_generator_that_repeats_itself_is_found(kinds, found):
    alike = collapse.duplicates(pictures(256, kinds), pictures(400))
    assert bool(collapse.doubts("made", 50.0, alike)) == found


def test_real_images_that_repeat_themselves_are_no_collapse():
    """A data set of few pictures: samples like these are what was asked for."""
    alike = collapse.duplicates(pictures(256, 5), pictures(400, 5))
    assert not collapse.doubts("made", 50.0, alike)
