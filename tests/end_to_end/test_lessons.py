"""Every lesson runs, on few repetitions, and judges right and wrong answers of each exercise.

`expect` is not held here: on two or three repetitions an interval may be anything. `make check`
holds it on a whole run, with the typical mistakes that an interval so wide would accept.
"""

from html import escape

import pytest
from factories.notebook_output import displayed_html
from factories.repository import REPOSITORY
from papermill.exceptions import PapermillExecutionError

from helpers.config import lesson_file
from helpers.core import paths
from helpers.core.records.lesson import LESSONS, LessonRecord
from helpers.pipeline.notebook_execution import execute
from helpers.report import lessons

REPEATS = 3


def found_lessons():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVALBOOK_ROOT", str(REPOSITORY))
        return lesson_file.ordered()


def shown(call):
    """Return the kind of an answer, and what was said of it."""
    html = displayed_html(call)
    return html.split('class="lesson ')[1].split('"')[0], html


def check(number, answer, exercise, hints):
    bounds = (exercise.low, exercise.high)
    return shown(lambda: lessons.check(int(number), answer, exercise.right, *bounds, hints))


@pytest.mark.parametrize(
    "lesson",
    [
        pytest.param(each, id=each.name, marks=[] if each.fast else [pytest.mark.slow])
        for each in found_lessons()
    ],
)
def test_a_lesson_runs_and_judges_answers(lesson, tmp_path, monkeypatch):
    monkeypatch.setenv("EVALBOOK_ROOT", str(REPOSITORY))
    monkeypatch.setenv("EVALBOOK_BUILD", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    source = paths.notebooks() / LESSONS / f"{lesson.name}.ipynb"
    try:
        execute(source, tmp_path / "executed.ipynb", {"repeats": REPEATS}, tmp_path / "progress")
    except PapermillExecutionError as error:  # packages of a speech study, out of reach here
        assert error.ename == "Unreachable"
        return
    record = LessonRecord.read(lesson.name)
    assert lesson.expect.keys() <= record.claims.keys()
    assert all(record.claims[name].value is not None for name in lesson.expect)
    assert list(record.exercises) == ["1", "2", "3"]
    lessons.begin(lesson.name)
    for number, exercise in record.exercises.items():
        hints = exercise.hints
        assert hints and all(hints.values())
        assert check(number, None, exercise, hints)[0] == "open"
        assert check(number, exercise.right, exercise, hints)[0] == "right"
        for wrong, hint in hints.items():
            kind, html = check(number, wrong, exercise, hints)
            number = isinstance(exercise.right, float)
            inside = number and exercise.low <= float(wrong) <= exercise.high
            assert kind == "right" if inside else kind == "wrong" and escape(hint) in html
