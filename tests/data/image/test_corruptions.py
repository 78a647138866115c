"""Corruptions of images: still images, and unchanged at severity 0."""

import numpy as np
import pytest

from helpers.data.image.corruptions import blur, dark, grain


@pytest.mark.parametrize("kind", [blur, grain, dark])
def test_corrupted_images_are_still_images(kind):
    picture = np.random.default_rng(0).integers(0, 256, (12, 10, 3)).astype(np.uint8)
    changed = kind(picture, 0.5, np.random.default_rng(0))
    assert changed.shape == picture.shape and changed.dtype == np.uint8
    assert (changed != picture).any()
    assert (kind(picture, 0.0, np.random.default_rng(0)) == picture).all()
