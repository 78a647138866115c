"""Counts and numbers read as written."""

import pytest

from helpers.core import formatting


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
