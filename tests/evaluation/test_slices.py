"""Slices of the test items: their names, and which gaps get a sentence."""

import numpy as np
import pandas as pd
import pytest

from helpers.evaluation import slices
from helpers.evaluation.slices import SliceTables
from helpers.metrics.slices import Slices
from helpers.metrics.statistics.intervals import Estimate


def test_numbers_are_sliced_at_their_quartiles_and_gaps_have_a_name():
    cells = slices.named(pd.Series([*range(100), None], dtype=float))
    assert pd.Series(cells).value_counts().tolist() == [25, 25, 25, 25, 1]
    assert cells[0] == "quartile 1: 0 to 24" and cells[-1] == "(none)"
    written = pd.Series([*map(str, range(100)), None], name="age")  # as a table's cells are
    assert slices.named(written).tolist() == cells.tolist()
    assert "(others)" in slices.named(written.rename("speaker"))
    assert "(others)" in slices.named(written.replace("7", "seven"))
    long = slices.named(pd.Series(np.linspace(0.62675, 21.6895, 100)))
    assert long[0] == "quartile 1: 0.627 to 5.73"
    years = slices.named(pd.Series(np.arange(1990, 2022).repeat(3)))
    assert years[0] == "quartile 1: 1990 to 1997" and years[-1] == "quartile 4: 2014 to 2021"
    close = slices.named(pd.Series(100 + np.arange(30) / 1000))
    assert close[0] == "quartile 1: 100 to 100.007" and len(set(close)) == 4
    days = pd.Series([*pd.date_range("2020-01-01", periods=99), None])
    assert slices.named(days)[0] == "quartile 1: 2020-01-01 to 2020-01-25"
    assert slices.named(days)[-1] == "(none)"
    many = slices.named(pd.Series([f"module{number}" for number in range(50)]))
    assert len(set(many)) == 12 and "(others)" in many


GAPS = pd.DataFrame(
    {"column": ["site", "day", "cell"], "gap": [0.4, 0.0, np.nan], "p": [0.01, 1.0, np.nan]}
).assign(between="a and b", lowest="a", highest="b")


PARTS = pd.DataFrame(
    {"column": "site", "slice": ["a", "b", "c", "d"], "value": [0.5, 0.9, np.nan, 0.6]}
)


@pytest.mark.parametrize(
    ("metric", "ends"), [("macro-f1", "best b, worst a"), ("word-error-rate", "best a, worst b")]
)
def test_only_a_gap_between_slices_is_worth_a_sentence(metric, ends):
    [sentence] = slices.sentences(SliceTables(PARTS, GAPS.assign(metric=metric)))
    for fact in ("site", "0.400", ends, "p = 0.010"):
        assert fact in sentence
    assert slices.sentences(SliceTables(PARTS[:0], GAPS[:0].assign(metric=metric))) == []
    [untold] = slices.sentences(SliceTables(PARTS, GAPS.assign(metric=metric, p=np.nan)))
    assert "no test can tell" in untold and "nan" not in untold


def test_a_gap_is_named_by_its_own_ends_where_others_are_furthest_for_what_they_hold():
    gaps = GAPS.assign(metric="word-error-rate", between="c and b")
    [sentence] = slices.sentences(SliceTables(PARTS, gaps))
    assert "0.400 (between c and b; for what each holds, best a, worst b)" in sentence


def test_a_gap_is_between_the_lowest_and_the_highest_value():
    def compare(_):
        found = [Estimate(value, 0, 1, "") for value in (0.2, np.nan, 0.1, 0.9)]
        return Slices(list("abcd"), [5] * 4, found, 0.8, 0.1, 0.01, "a", "d")

    items = pd.DataFrame({"site": list("abcd")})
    tables = slices.tabulate(items, ["site"], "macro-f1", compare)
    assert tables.gaps["between"].tolist() == ["c and d"]
