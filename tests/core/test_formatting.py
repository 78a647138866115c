"""Words: each metric and method has a name for readers, counts and numbers read as written."""

import pytest

from helpers.core import formatting
from helpers.metrics import word_error_rate
from helpers.metrics.classification import SCORE_METRICS
from helpers.metrics.confusion_matrix import COUNT_METRICS
from helpers.metrics.direction import LOWER_IS_BETTER
from helpers.selection.transferability.methods import METHODS


def test_every_metric_and_method_has_a_name_for_readers():
    metrics = {*COUNT_METRICS, *SCORE_METRICS, *word_error_rate.METRICS, *LOWER_IS_BETTER}
    assert metrics | set(METHODS) - {"parameters"} <= formatting._NAMES.keys()
    assert formatting.metric_name("macro-f1") == formatting.column_name("macro-f1") == "macro-F1"
    assert formatting.metric_name("top-2-accuracy") == "top-2 accuracy"


def test_names_that_come_from_data_keep_their_hyphens():
    assert formatting.column_name("tfidf-logistic") == "tfidf-logistic"
    assert formatting.column_name("cell_type") == "cell type"
    assert formatting.column_name("gflops") == "GFLOPs an item"


@pytest.mark.parametrize(
    "number, several, text",
    [(1, None, "1 pair"), (0, None, "0 pairs"), (1200, None, "1,200 pairs"), (2, "two", "2 two")],
)
def test_counts_have_the_right_plural(number, several, text):
    assert formatting.counted(number, "pair", several) == text


@pytest.mark.parametrize(
    "number, text",
    [(0.62675, "0.627"), (21.0, "21"), (1234567, "1,230,000"), (-0.000314, "-0.000314")]
    + [(0, "0"), (0.0000421, "0.0000421"), (999.6, "1,000"), (120, "120")],
)
def test_a_number_is_rounded_to_the_digits_that_count(number, text):
    assert formatting.significant(number) == text
