"""Figures of one classifier."""

import numpy as np
import pandas as pd

from helpers.report import figures

LONG = "a very long name of a slice that does not fit on one line of any figure at all"


def test_a_long_label_keeps_its_count_on_a_second_line():
    table = pd.DataFrame({"slice": [LONG], "n": [90], "value": [0.5], "low": [0.1], "high": [0.9]})
    [axes] = figures.metric_by_slice(table, "macro-f1", 0.7).axes
    [label] = [each.get_text() for each in axes.get_yticklabels()]
    assert label.count("\n") == 1 and label.endswith("(90)")
    assert axes.get_xlabel().startswith("macro-F1")


def test_a_confusion_matrix_holds_every_count_where_there_is_room():
    [axes] = figures.confusion_matrix(np.array([[31, 12], [5, 47]]), ["a", "b"]).axes
    assert [each.get_text() for each in axes.texts] == ["31", "12", "5", "47"]
    [axes] = figures.confusion_matrix(np.eye(30, dtype=int), [*map(str, range(30))]).axes
    assert not axes.texts and len(axes.get_xticklabels()) == 30


def test_the_worst_class_is_the_lowest_row():
    table = pd.DataFrame({"class": ["a", "b"], "support": [5, 7], "f1": [0.2, 0.9]})
    [axes] = figures.f1_by_class(table.assign(low=0.1, high=1.0)).axes
    assert [each.get_text() for each in axes.get_yticklabels()] == ["b (7)", "a (5)"]
