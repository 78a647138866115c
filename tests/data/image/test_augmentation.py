"""Augmentation: seeded, in range, and each kind as it says."""

import numpy as np
import pytest

from helpers.core.errors import UserError
from helpers.data.image import augmentation

IMAGES = np.random.default_rng(0).integers(0, 256, (40, 16, 16, 3), dtype=np.uint8)
ALL = ("flip", "crop", "colour")


def changed(kinds, seed=0, images=IMAGES):
    return augmentation.apply(images, kinds, np.random.default_rng(seed))


def test_the_seed_decides_and_the_given_images_stay():
    before = IMAGES.copy()
    assert np.array_equal(changed(ALL), changed(ALL))
    assert not np.array_equal(changed(ALL), changed(ALL, seed=1))
    assert np.array_equal(before, IMAGES)


@pytest.mark.parametrize("kind", ALL)
def test_shape_type_and_range_stay(kind):
    result = changed((kind,))
    assert result.shape == IMAGES.shape and result.dtype == np.float32
    assert result.min() >= 0 and result.max() <= 255
    assert not np.array_equal(result, IMAGES)


def test_no_kind_changes_nothing():
    assert np.array_equal(changed(()), IMAGES)


def test_a_flip_mirrors_some_left_to_right():
    result = changed(("flip",))
    mirrored = [np.array_equal(a, b[:, ::-1]) for a, b in zip(result, IMAGES, strict=True)]
    same = [np.array_equal(a, b) for a, b in zip(result, IMAGES, strict=True)]
    assert 5 < sum(mirrored) < 35 and sum(mirrored) + sum(same) == len(IMAGES)


def test_a_crop_shifts_by_an_eighth_at_most():
    ramp = np.tile(np.arange(16, dtype=np.uint8)[:, None, None], (40, 1, 16, 3))
    shifts = changed(("crop",), images=ramp)[:, 8, 8, 0] - 8
    assert set(shifts) == {-2, -1, 0, 1, 2}


def test_colour_keeps_grey_grey():
    grey = np.repeat(IMAGES[..., :1], 3, axis=-1)
    result = changed(("colour",), images=grey)
    assert np.array_equal(result[..., 0], result[..., 1])


def test_an_unknown_kind_is_refused():
    with pytest.raises(UserError, match="flip"):
        changed(("flop",))
