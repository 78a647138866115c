"""What becomes of each box, and where a detector is used."""

import numpy as np
import pytest
from factories.detections import random_table, table

from helpers.metrics.detection import (
    best_threshold,
    confusion,
    match,
    outcomes,
    precision_recall,
    tide,
)

TRUTH = [
    (0, 0, (0, 0, 100, 100), False),
    (0, 1, (200, 0, 100, 100), False),
    (1, 0, (0, 0, 50, 50), False),
    (1, 1, (300, 300, 80, 80), True),
]
FOUND = [
    (0, 0, (0, 0, 100, 90), 0.9),  # right
    (0, 0, (5, 0, 100, 100), 0.8),  # the same again
    (0, 0, (200, 0, 100, 95), 0.7),  # of another class
    (1, 0, (30, 0, 50, 50), 0.6),  # aside
    (1, 1, (500, 500, 20, 20), 0.5),  # nothing there
    (1, 1, (310, 310, 40, 40), 0.4),  # in a crowd
    (1, 1, (0, 0, 50, 50), 0.1),  # below the threshold
]


@pytest.fixture
def made():
    return table(3, 2, TRUTH, FOUND)


def test_each_box_is_of_one_kind_and_what_is_missed_is_told(made):
    found = outcomes(made, 0.3)
    boxes = found[found["kind"] != "missed"].sort_values("row")
    kinds = ["right", "twice", "confused", "badly placed", "background"]
    assert boxes["kind"].tolist() == kinds
    assert boxes["other"].tolist() == [0, 0, 1, 2, -1]
    assert boxes["iou"].tolist() == pytest.approx([0.9, 95 / 105, 0.95, 0.25, 0])
    missed = found[found["kind"] == "missed"]
    assert missed["row"].tolist() == [1, 2] and missed["other"].tolist() == [2, 3]


def test_a_confusion_matrix_has_background(made):
    matrix = confusion(made, 0.3)
    assert matrix.shape == (3, 3) and matrix[0, 0] == 1 and matrix[1, 0] == 1
    assert matrix[0, 2] == 1 and matrix[2, 2] == 0


def test_perfect_boxes_lose_nothing_and_missed_objects_cost_what_is_missed():
    right = [(*row[:3], 0.9) for row in TRUTH[:3]]
    assert max(tide(table(2, 2, TRUTH, right)).values()) == pytest.approx(0)
    lost = tide(table(2, 2, TRUTH, right[:2]))
    assert lost["missed"] > 0.2 and lost["missed"] == pytest.approx(max(lost.values()))


def test_without_a_box_or_an_object_nothing_fails():
    for truth, found in (([], FOUND), (TRUTH, []), ([], [])):
        made = table(3, 2, truth, found)
        assert confusion(made, 0.3).shape == (3, 3) and len(tide(made)) == 6
        kinds = {*outcomes(made, 0.3)["kind"]}
        assert kinds <= {"background", "missed"}
        assert 0 <= best_threshold(match(made)) <= 1


def test_kinds_agree_with_matching():
    made = random_table(np.random.default_rng(0), 30, 4)
    found, threshold = match(made), 0.35
    kinds = outcomes(made, threshold)["kind"].value_counts()
    sure = (found.score >= threshold) & (found.kind[0, 0] != 0)
    assert kinds["right"] == (sure & (found.kind[0, 0] == 2)).sum()
    assert kinds.drop("missed").sum() == sure.sum()
    assert kinds["right"] + kinds["missed"] == (~made.truth_ignored).sum()


def test_the_best_threshold_has_the_highest_f1():
    made = random_table(np.random.default_rng(3), 30, 4)
    found = match(made)
    threshold, curve = best_threshold(found), precision_recall(found)
    both = curve["precision"] * curve["recall"] / (curve["precision"] + curve["recall"])
    best = curve["score"] >= threshold
    assert np.flatnonzero(best)[-1] == np.nanargmax(both)
    assert (np.diff(curve["recall"]) >= 0).all() and (np.diff(curve["score"]) < 0).all()
