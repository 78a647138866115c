"""Answers of lessons: right, wrong with a hint, or not given yet, and never an error."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from factories.notebook_output import displayed, displayed_html
from hypothesis import given, settings
from hypothesis import strategies as some

from helpers.core.errors import UserError
from helpers.core.records.lesson import LessonRecord
from helpers.report import lessons

HINTS = {0.9: "training", np.float64(0.1): "error"}


@pytest.fixture(autouse=True)
def lesson(repository):
    lessons.begin("made-up")


def checked(answer, right=0.5, low=0.4, high=0.6, hints=None):
    """Return the kind of an answer and the page's line."""
    html = displayed_html(lambda: lessons.check(1, answer, right, low, high, hints or HINTS))
    return html.split('class="lesson ')[1].split('"')[0], html


class Hostile:
    """An object that raises whatever one asks of it."""

    def __getattr__(self, name):
        raise RuntimeError(name)

    def __repr__(self):
        raise RuntimeError

    def __eq__(self, other):
        raise RuntimeError

    def __float__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    "answer",
    [0.5, 0.4, 0.6, "0.5", " 0.5 ", np.float32(0.5), np.array([0.5]), pd.Series([0.5])]
    + [Decimal("0.5"), Fraction(1, 2), np.array(0.45)],
)
def test_a_number_in_the_range_is_right_however_it_is_written(answer):
    assert checked(answer)[0] == "right"


@pytest.mark.parametrize("answer", [None, ..., "", "  "])
def test_a_left_out_answer_is_not_answered_yet(answer):
    assert checked(answer)[0] == "open"
    assert checked(answer, right="b", hints={"a": "no"})[0] == "open"


@pytest.mark.parametrize(
    "answer",
    [math.nan, math.inf, -math.inf, "abc", "0,5", True, [0.5], (0.4, 0.6), {}, 10**400, 1j]
    + [np.array([0.5, 0.5]), np.array([]), pd.NA, pd.NaT, len, object(), Hostile(), b"abc"]
    + [pd.Series([0.4, 0.5]), pd.DataFrame({"a": [1]}), np.bool_(True), "x" * 10000],
    ids=lambda answer: type(answer).__name__,
)
def test_what_is_no_answer_is_wrong_and_no_error(answer):
    for right, hints in ((0.5, HINTS), ("b", {"a": "no"})):
        kind, html = checked(answer, right=right, hints=hints)
        assert kind == "wrong" and len(html) < 400
    for show in (lambda: lessons.predict(answer, "it"), lambda: lessons.reveal(answer, 0.5, 0, 1)):
        assert displayed_html(show)


@given(some.one_of(some.text(), some.floats(), some.integers(), some.binary(), some.booleans()))
@settings(deadline=None)
def test_no_answer_raises(answer):
    assert checked(answer)[0] in ("open", "right", "wrong")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (0.9, "training"),
        (0.88, "training"),
        (0.1, "error"),
        ("0.12", "error"),
        (50, lessons.PER_CENT),
        (0.65, "too high"),
        (0.35, "too low"),
        (7, "too high"),
        (-1, "too low"),
        ("half", "number is needed"),
    ],
)
def test_a_wrong_number_gets_the_hint_of_the_mistake_it_is_near(answer, told):
    kind, html = checked(answer)
    assert kind == "wrong" and told in html
    assert ("training" in html) == (told == "training")


@pytest.mark.parametrize("answer", ["b", "B", " b ", "b)", "(B)", '"b".', np.str_("b")])
def test_a_choice_is_right_whatever_its_case_and_what_stands_around_it(answer):
    assert checked(answer, right="b")[0] == "right"
    assert checked(answer, right=" B ", low=None, high=None)[0] == "right"


def test_a_wrong_choice_gets_its_hint_and_another_one_none():
    hints = {"A": "that is the error", "c": "that is the training score"}
    assert "that is the error" in checked("a)", right="b", hints=hints)[1]
    kind, html = checked("d", right="b", hints=hints)
    assert kind == "wrong" and "that is" not in html
    assert checked(True, right=True, hints={False: "no"})[0] == "right"
    assert "not so" in checked(False, right=np.bool_(True), hints={False: "not so"})[1]


def test_without_a_range_a_count_is_exact_and_another_number_as_rounded():
    for right in (12, np.int64(12)):
        assert checked(12, right=right, low=None, high=None)[0] == "right"
        assert checked(12.04, right=right, low=None, high=None)[0] == "wrong"
    for right in (1 / 3, np.float32(1 / 3), np.array(1 / 3)):
        assert checked(0.333, right=right, low=math.nan, high=None)[0] == "right"
        assert checked(0.3, right=right, low=None, high=None)[0] == "wrong"
    assert checked(-0.333, right=-1 / 3, low=None, high=None)[0] == "right"
    assert checked(0, right=0.0, low=None, high=None)[0] == "right"


def test_the_right_number_is_accepted_wherever_its_range_lies():
    assert checked(0.5, low=0.6, high=0.7)[0] == "right"
    assert checked(0.65, low=0.7, high=0.6)[0] == "right"


@pytest.mark.parametrize("right", [None, math.nan, math.inf, "", [1], np.array([0.1, 0.2])])
def test_a_lesson_without_a_right_answer_fails(right):
    with pytest.raises(UserError, match="right answer"):
        lessons.check(1, None, right)


def test_everything_shown_is_escaped():
    bad = "<script>alert(1)</script>"
    shows = [
        lambda: lessons.predict(bad, bad),
        lambda: lessons.reveal(bad, 0.5, 0.4, 0.6),
        lambda: lessons.reveal(bad, bad),
        lambda: lessons.claim("it", 1, 0, 2, bad),
        lambda: lessons.check(1, bad, 0.5, hints={bad: bad}),
        lambda: lessons.check(2, bad, "b", hints={bad: bad}),
        lambda: lessons.check(3, bad, bad),
        lambda: lessons.solve(3, bad),
    ]
    for show in shows:
        data, _ = displayed(show)
        assert "<script" not in data["text/html"] and "<script" in data["text/plain"] + bad


def test_a_prediction_is_held_against_what_was_measured():
    def revealed(guess, *measured):
        return displayed_html(lambda: lessons.reveal(guess, *measured))

    assert "0.200 too low" in revealed(0.3, 0.5, 0.4, 0.6)
    assert "0.300 too high" in revealed("0.8", 0.5, 0.4, 0.6)
    for guess, measured in [(0.45, (0.5, 0.4, 0.6)), ("B)", ("b",)), (True, (True,))]:
        assert 'class="lesson right"' in revealed(guess, *measured)
    assert 'class="lesson wrong"' in revealed("c", "b", None, None)
    assert "no prediction" in revealed(None, 0.5, 0.4, 0.6)
    assert "[0.400, 0.600]" in revealed(None, np.float64(0.5), 0.4, 0.6)


def test_claims_and_exercises_are_recorded_and_answers_are_not():
    sentence = "It is {value}, from {low:.1f} to {high}."
    html = displayed_html(lambda: lessons.claim("it", np.float32(0.98), 0.96, 1, sentence))
    assert "It is 0.980, from 1.0 to 1.000." in html
    checked(0.77)
    lessons.check(2, "c", "b", hints={"A": "no"})
    record = LessonRecord.read("made-up")
    assert record.claims["it"].low == 0.96 and record.exercises["1"].high == 0.6
    assert record.exercises["1"].hints == {"0.9": "training", "0.1": "error"}
    assert record.exercises["2"].hints == {"a": "no"} and record.exercises["2"].right == "b"
    assert "0.77" not in LessonRecord.path("made-up").read_text()
    lessons.begin("made-up")
    assert LessonRecord.read("made-up").claims == {}


def test_a_solution_that_is_not_accepted_fails():
    checked(None)
    lessons.solve(1, np.float64(0.55))
    for wrong in (0.7, None, "b"):
        with pytest.raises(UserError, match="exercise 1"):
            lessons.solve(1, wrong)
    with pytest.raises(UserError, match="exercise 2"):
        lessons.solve(2, 0.5)


def test_exercises_that_mislead_are_told():
    checked(None)
    lessons.check(2, None, "b", hints={"a": "no", "c": "no"})
    assert lessons.problems(LessonRecord.read("made-up")) == []
    lessons.check(3, None, 0.5, 0.4, 0.6, hints={0.55: "lies within", 0.7: "near"})
    lessons.check(4, None, "b", hints={"B": "right itself"})
    found = lessons.problems(LessonRecord.read("made-up"))
    assert [line.partition(":")[0] for line in found] == ["exercise 3", "exercise 4"]


def test_without_a_lesson_the_reader_is_told_which_cell_to_run(monkeypatch):
    monkeypatch.setattr(lessons, "_open", [])
    with pytest.raises(UserError, match="cell of imports"):
        lessons.check(1, None, 0.5)


def test_a_slider_is_for_readers_and_a_page_says_so(monkeypatch):
    moved = []
    ask = lambda: lessons.slider(lambda items: moved.append(items), items=(10, 30, 10))  # noqa: E731
    monkeypatch.setenv("EVALBOOK_PROGRESS", "listener")
    assert "slider" in displayed_html(ask) and not moved
    monkeypatch.delenv("EVALBOOK_PROGRESS")
    ask()
    assert moved == [20]
