"""Boxes drawn on pictures: where they are, and told apart without colour too."""

import numpy as np
import pandas as pd
import pytest

from helpers.report import figures
from helpers.report.figures.boxes import SIDE

ONE = {"label": "dog", "x": 20.0, "y": 30.0, "width": 40.0, "height": 50.0}


def table(*rows, **more):
    return pd.DataFrame([ONE | row for row in rows] or [ONE]).assign(**more)


def drawn(truth=None, found=None, shape=(100, 200, 3)):
    """Tell which pixels of a grey picture changed."""
    image = np.full(shape, 128, np.uint8)
    return (figures.boxes_on(image, truth, found) != figures.boxes_on(image)).any(axis=2)


def test_a_box_lies_where_its_pixels_say():
    changed = drawn(table(label="."))
    scale = SIDE / 200
    rows, columns = np.flatnonzero(changed[:, 100]), np.flatnonzero(changed[150])
    assert abs(rows.min() / scale - 30) < 2 and abs(columns.min() / scale - 20) < 2
    assert abs(columns.max() / scale - 60) < 2
    assert not changed[int(40 * scale) : int(70 * scale), int(30 * scale) : int(50 * scale)].any()


def test_truth_and_found_differ_without_colour():
    """A side that is solid is drawn everywhere, a dashed or dotted one is not."""
    image = np.full((100, 200, 3), 128, np.uint8)
    inside = slice(int(35 * SIDE / 200), int(75 * SIDE / 200))
    grey = [
        figures.boxes_on(image, *each).mean(axis=2)[inside, int(20 * SIDE / 200)]
        for each in ((table(),), (None, table(score=0.5)), (table(ignored=True),))
    ]
    changes = [np.sum(np.abs(np.diff(np.abs(part - part[0]) > 10))) for part in grey]
    assert changes[0] == 0 and changes[1] > 4 and changes[2] > 4


@pytest.mark.parametrize("shape", [(3, 900, 3), (900, 3, 3), (1, 1, 3), (2000, 1500, 3)])
def test_pictures_of_any_shape_are_bounded(shape):
    odd = table({}, {"x": -30.0, "width": 5000.0}, {"y": 1e6}, label="$x_1$ <b> 猫", score=0.1)
    picture = figures.boxes_on(np.zeros(shape, np.uint8), odd, odd)
    assert max(picture.shape) == SIDE and min(picture.shape[:2]) >= SIDE // 4
    assert picture.dtype == np.uint8


def test_without_boxes_nothing_is_drawn():
    assert not drawn(table().iloc[:0], table(score=1.0).iloc[:0]).any()
