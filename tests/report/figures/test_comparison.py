"""Figures of several candidates: names that do not overlap, the direction of the metric."""

import numpy as np
import pandas as pd

from helpers.report import figures


def test_names_of_points_do_not_overlap_and_distant_ones_have_a_line():
    table = pd.DataFrame({"candidate": [f"candidate-{n}" for n in range(6)], "cost": 3.0})
    table = table.assign(value=0.9 + 0.001 * np.arange(6), low=0.85, high=0.95)
    table.loc[5, ["cost", "value"]] = [1e-5, 0.5]
    figure = figures.pareto_front(table, "word-error-rate", "ms")
    figure.draw_without_rendering()
    [axes] = figure.axes
    names = [each for each in axes.texts if each.get_text()]
    boxes = [each.get_window_extent() for each in names]
    assert len(names) == 6 and not any(
        box.count_overlaps(boxes[place + 1 :]) for place, box in enumerate(boxes)
    )
    assert sum(each.arrow_patch is not None for each in axes.texts) >= 3
    assert axes.get_xlim()[0] == 0.01
    assert "lower" in axes.get_ylabel() and "word error rate" in axes.get_ylabel()


def test_the_axis_of_a_score_does_not_say_that_lower_is_better():
    table = pd.DataFrame({"candidate": ["a"], "value": [0.9], "low": [0.8], "high": [0.95]})
    [axes] = figures.leaderboard(table.assign(tied=True), "macro-f1").axes
    assert "lower" not in axes.get_xlabel() and "macro-F1" in axes.get_xlabel()


def test_the_matrix_has_a_cell_for_each_pair_and_colours_the_significant_one():
    pairs = pd.DataFrame({"a": ["x", "x", "y"], "b": ["y", "z", "z"], "difference": 0.1})
    pairs = pairs.assign(low=0.05, high=0.15, p_holm=[0.3, 0.01, 0.3])
    [axes] = figures.difference_matrix(pairs, ["x", "y", "z"]).axes
    corners = {patch.get_xy(): patch.get_facecolor() for patch in axes.patches}
    assert corners.keys() == {(0, 0), (1, 0), (1, 1)}
    assert corners[0, 0] == corners[1, 1] != corners[1, 0]
