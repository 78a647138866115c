"""Columns, metrics and methods have a name for readers; what comes from data keeps its own."""

from helpers.metrics.names import metric_name
from helpers.report.column_names import _COLUMNS, column_name
from helpers.selection.transferability.methods import METHODS


def test_every_method_has_a_name_for_readers():
    assert set(METHODS) - {"parameters"} <= _COLUMNS.keys()


def test_a_metric_is_named_alike_as_a_column_and_in_a_sentence():
    assert metric_name("macro-f1") == column_name("macro-f1") == "macro-F1"
    assert metric_name("top-2-accuracy") == "top-2 accuracy"


def test_names_that_come_from_data_keep_their_hyphens():
    assert column_name("tfidf-logistic") == "tfidf-logistic"
    assert column_name("cell_type") == "cell type"
    assert column_name("gflops") == "GFLOPs per item"
