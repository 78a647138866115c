"""A comparison as one table and as Markdown."""

from types import SimpleNamespace

import pandas as pd
import pytest
from factories.study import made_study

from helpers.comparison import leaderboard
from helpers.comparison.board import OPEN
from helpers.comparison.result import Comparison

STRENGTHS = {"majority": 0.0, "pixels": 1.0, "probe-a": 1.9, "probe-b": 2.0}


def test_the_summary_has_places_ties_and_cost(repository):
    made_study(STRENGTHS, items=2400)
    compared = leaderboard.compare("made", list(STRENGTHS), resamples=300)
    table = compared.summary
    assert table["against the first"].tolist() == ["first", "not told apart", "worse", "worse"]
    assert table["places"].tolist() == ["1 to 2", "1 to 2", "3", "4"]
    assert table["cost"].tolist() == [20, 20, 2, 2]


def test_the_text_has_the_first_sentence_in_bold_and_a_line_for_each_detail(repository):
    made_study(STRENGTHS, items=800)
    compared = leaderboard.compare("made", list(STRENGTHS), resamples=200)
    lines = compared.text.splitlines()
    assert lines[0].startswith("**") and lines[0].endswith("**")
    assert sum(line.startswith("- ") for line in lines) == len(compared.details) > 0
    assert compared.recommendation.count(". ") >= 2


@pytest.mark.parametrize(
    ("verdicts", "low", "high", "places"),
    [
        (["first", "worse", "worse"], [1, 1, 1], [3, 3, 3], ["1", "2 to 3", "2 to 3"]),
        (["first", OPEN, "worse"], [1, 2, 1], [3, 3, 3], ["1 to 3", "1 to 3", "2 to 3"]),
        (["first", OPEN, "undefined"], [1, 1, 1], [3, 3, 3], ["1 to 3", "1 to 3", "1 to 3"]),
    ],
)
def test_the_places_do_not_deny_the_word_beside_them(verdicts, low, high, places):
    table = pd.DataFrame({"candidate": list("abc"), "verdict": verdicts}).assign(
        value=0.5, low=0.4, high=0.6, cost=1.0, fit_seconds=1.0, rank_low=low, rank_high=high
    )
    shown = Comparison.summary.fget(SimpleNamespace(table=table, primary="accuracy"))
    assert shown["places"].tolist() == places
