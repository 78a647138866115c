"""Counts and numbers read as written."""

import re

import pytest
from factories.repository import REPOSITORY

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


@pytest.mark.parametrize(
    ("count", "most", "text"),
    [(0, 3, ""), (1, 3, "n0"), (3, 3, "n0, n1, n2"), (4, 3, "n0, n1, 2 more")],
)
def test_a_list_that_is_cut_says_how_much_is_missing(count, most, text):
    assert formatting.listed([f"n{number}" for number in range(count)], most) == text
    few = [f"n{number}" for number in range(count)]
    if few:
        assert formatting.names(few, most) == " and ".join(text.rsplit(", ", 1))


def test_no_message_cuts_a_list_by_itself():
    """A slice that is joined loses its rest in silence: ``listed`` and ``names`` count it."""
    cut = re.compile(r"""["'][,;] ["']\.join\([^)]*(\[:\w+\]|\.head\()""")
    sources = {file.name: file.read_text() for file in (REPOSITORY / "src/helpers").rglob("*.py")}
    counted = {"spellings.py"}  # which counts the rest itself
    assert {name for name, code in sources.items() if cut.search(code)} <= counted
