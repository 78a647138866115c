"""A comparison as one table and as Markdown."""

from factories.study import made_study

from helpers.comparison import leaderboard

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
