"""Boxes taken back to an image: by hand, and against TensorFlow's suppression."""

import numpy as np
import pytest

from helpers.models.detection import post_processing
from helpers.models.kinds import ModelSpec

IMAGE = np.zeros((50, 100, 3), np.uint8)


@pytest.mark.parametrize(
    ("fit", "expected"),
    [
        (post_processing.stretched, [[0, 0, 50, 25]]),
        (post_processing.letterboxed, [[0, 0, 50, 25]]),  # half of it lies in the grey above
    ],
)
def test_corners_of_an_input_come_back_to_the_image(fit, expected):
    pixels, placed = fit(IMAGE, 40, 40)
    top = 10 if fit is post_processing.letterboxed else 0
    corners = np.array([[-5.0, top - 5, 20, 20]])
    assert pixels.shape == (40, 40, 3)
    assert placed.back(corners) == pytest.approx(np.array(expected, float))


def test_a_class_keeps_the_best_of_boxes_that_overlap_and_no_more_than_are_asked_for():
    import tensorflow as tf

    rng = np.random.default_rng(0)
    low = rng.uniform(0, 60, (300, 2))
    corners = np.hstack([low, low + rng.uniform(5, 40, (300, 2))])
    scores = rng.uniform(0, 1, (300, 2)).astype(np.float32)
    image = np.zeros((100, 100, 3), np.uint8)
    _, placed = post_processing.stretched(image, 100, 100)
    spec = ModelSpec("made", score=0.2, boxes=500)
    found = post_processing.found(corners, scores, placed, spec, overlap=0.5)
    for k in range(2):
        rows = tf.image.non_max_suppression(corners, scores[:, k], 500, 0.5, 0.2).numpy()
        ours = found.scores[found.classes == k]
        assert ours == pytest.approx(scores[rows, k])
    few = post_processing.found(corners, scores, placed, ModelSpec("made", boxes=7), overlap=0.5)
    assert np.array_equal(few.boxes, found.boxes[:7])


def test_what_is_no_box_is_left_out():
    corners = np.array([[1, 1, 5, 5], [9, 9, 9, 12], [np.nan] * 4, [200, 0, 210, 5], [6, 6, 4, 4]])
    scores = np.array([[0.5], [0.6], [0.7], [0.8], [0.9]])
    _, placed = post_processing.stretched(IMAGE, 100, 50)
    found = post_processing.found(corners, scores, placed, ModelSpec("made"))
    assert found.boxes.tolist() == [[1, 1, 4, 4]] and found.scores.tolist() == [0.5]
    nothing = post_processing.found(corners, scores * np.nan, placed, ModelSpec("made"))
    assert nothing.boxes.shape == (0, 4)
