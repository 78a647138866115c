"""A lesson's predictions, claims and exercises: shown to the reader, kept for ``make check``.

What a reader wrote is never recorded and never raises: an answer is right, wrong or not given yet.
"""

import html
import math
import os
import reprlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from helpers.core.errors import UserError
from helpers.core.formatting import one_line
from helpers.core.records.base import or_nan
from helpers.core.records.lesson import Claim, Exercise, LessonRecord

ROUNDING = 0.005  # of the right number, where a lesson gives no range
NEARER = 3  # times as near to a typical mistake as to the right number: taken for that mistake
PER_CENT = "Is it a share where per cent are asked, or the other way round?"

_open: list[LessonRecord] = []  # the lesson that this process runs


def _text(value: Any) -> str:
    """Write a number as tables do, which load pandas: that takes longer than most commands."""
    from helpers.report import tables

    return tables.text(value)


class _Number(float):
    """A number that a sentence writes as tables do, unless it asks for a format."""

    def __format__(self, form: str) -> str:
        return super().__format__(form) if form else _text(float(self))


def begin(name: str) -> None:
    """Open a lesson by the name of its notebook: forget what an earlier run claimed."""
    _open[:] = [LessonRecord(lesson=name)]
    _keep(claims={}, exercises={})


def predict(guess: Any, what: str) -> None:
    """Show what the reader predicts, a number or a choice; None as long as nothing was written."""
    written = "not answered yet" if _missing(guess) else _written(guess)
    _show("open", f"Your prediction of {what}:", f"{written}.")


def reveal(guess: Any, value: Any, low: Any = None, high: Any = None) -> None:
    """Show the reader's prediction beside what was measured: a number or the right choice."""
    exercise = _exercise(value, low, high)
    told, right, said = _plain(guess, exercise), exercise.right, f"You predicted {_written(guess)}"
    kind = "right" if _accepts(exercise, guess) else "wrong"
    if _missing(guess):
        kind, said = "open", "You made no prediction"
    elif kind == "right":
        said += " and were right"
    elif isinstance(told, float) and isinstance(right, float):
        off = _text(abs(told - right))
        said += f", which is {off} too {'high' if told > right else 'low'}"
    _show(kind, f"Measured: {measured(exercise)}.", f"{said}.")


def claim(name: str, value: float, low: float, high: float, sentence: str) -> None:
    """Show a finding, and record it for the index and for ``make check``.

    The sentence holds ``{value}``, ``{low}`` and ``{high}``, which may ask for a format.
    """
    numbers = {"value": float(value), "low": float(low), "high": float(high)}
    said = sentence.format(**{key: _Number(each) for key, each in numbers.items()})
    found = Claim.model_validate({**numbers, "sentence": said})
    _keep(claims=_lesson().claims | {name: found})
    _show("claim", "", said)


def check(
    number: int,
    answer: Any,
    right: Any,
    low: Any = None,
    high: Any = None,
    hints: Mapping[Any, str] | None = None,
) -> None:
    """Say whether an answer is right; ``hints`` holds what to tell by typical wrong answer.

    A number is right from ``low`` to ``high``; by default what rounds to it, and of a whole number
    only itself. A choice is compared whatever its case and spaces.
    """
    exercise = _exercise(right, low, high, hints)
    _keep(exercises=_lesson().exercises | {str(number): exercise})
    if _missing(answer):
        _show("open", f"Exercise {number}:", "not answered yet.")
    elif _accepts(exercise, answer):
        _show("right", f"Exercise {number}: right.", f"Computed: {measured(exercise)}.")
    else:
        wrong = f"Exercise {number}: {_written(answer)} is not right."
        _show("wrong", wrong, _hint(exercise, answer))


def solve(number: int, value: Any) -> None:
    """Refuse a solution that its exercise does not accept, so that none goes stale."""
    if not (exercise := _lesson().exercises.get(str(number))):
        raise UserError(f"exercise {number}: run the cell that checks it before its solution")
    if not _accepts(exercise, value):
        solved = f"exercise {number}: the solution {_written(value)} is not accepted"
        raise UserError(f"{solved}; the check computed {measured(exercise)}")
    _show("right", f"Exercise {number}, solved:", f"{_written(value)}.")


def slider(function: Callable[..., None], **ranges: Any) -> None:
    """Let a reader in JupyterLab move what a function prints; a page says that this is there."""
    if os.environ.get("EVALBOOK_PROGRESS"):  # the pipeline runs it, and nobody is there to move it
        _show("open", "", "In JupyterLab (make lab) a slider stands here.")
        return
    from ipywidgets import interact

    interact(function, **ranges)


def problems(record: LessonRecord) -> list[str]:
    """List the typical mistakes that an exercise accepts, or that get the hint of another one."""
    return [
        f"exercise {number}: {wrong} is accepted, or gets another hint"
        for number, exercise in record.exercises.items()
        for wrong, hint in exercise.hints.items()
        if _accepts(exercise, wrong) or _hint(exercise, wrong) != hint
    ]


def _exercise(right: Any, low: Any, high: Any, hints: Mapping[Any, str] | None = None) -> Exercise:
    given, told = hints or {}, _number(right)
    if told is None:
        if _missing(right) or not isinstance(_item(right), str | bool):
            raise UserError(f"right answer {_written(right)}: a number or a choice is needed")
        known = {_choice(key): text for key, text in given.items()}
        return Exercise(right=_choice(right), hints=known)
    margin = 0.0 if isinstance(_item(right), int) else ROUNDING * abs(told)
    lowest, highest = _number(low), _number(high)
    ends = [told, told - margin if lowest is None else lowest]
    ends.append(told + margin if highest is None else highest)
    known = {str(number): given[key] for key in given if (number := _number(key)) is not None}
    return Exercise(right=told, low=min(ends), high=max(ends), hints=known)


def _accepts(exercise: Exercise, answer: Any) -> bool:
    told = _plain(answer, exercise)
    return _within(exercise, told) if isinstance(told, float) else told == exercise.right


def _within(exercise: Exercise, number: float) -> bool:
    low, high, rounding = or_nan(exercise.low), or_nan(exercise.high), 1e-9 * abs(number)
    return low - rounding <= number <= high + rounding


def _hint(exercise: Exercise, answer: Any) -> str:
    """Return the hint of the typical mistake that an answer is nearest to, or another word."""
    told, right = _plain(answer, exercise), exercise.right
    if isinstance(told, str) or isinstance(right, str):
        number_needed = "" if isinstance(right, str) else "A number is needed, such as 0.5."
        return exercise.hints.get(str(told), number_needed)
    off = {abs(float(wrong) - told): hint for wrong, hint in exercise.hints.items()}
    if off and NEARER * min(off) <= abs(told - right):
        return off[min(off)]
    if _within(exercise, told * 100) or _within(exercise, told / 100):
        return PER_CENT
    return "It is too high." if told > right else "It is too low."


def _plain(answer: Any, exercise: Exercise) -> float | str:
    """Read an answer as what its exercise asks for: a number if it can be, or a choice."""
    number = None if isinstance(exercise.right, str) else _number(answer)
    return _choice(answer) if number is None else number


def _number(value: Any) -> float | None:
    """Read a finite number, also one that was written as text or is alone in an array."""
    item = _item(value)
    try:
        number = math.nan if isinstance(item, bool) else float(item)
    except Exception:  # whatever a reader's object raises, it is no number
        return None
    return number if math.isfinite(number) else None


def _item(value: Any) -> Any:
    """Take a single value out of NumPy's or another library's object."""
    with suppress(Exception):
        return value.item()
    return value


def _choice(value: Any) -> str:
    """Read a choice whatever its case, its spaces and what stands around it: ``b``, ``"B) "``."""
    return " ".join(_written(value).split()).strip("()[].:'\" ").casefold()


def _missing(answer: Any) -> bool:
    return answer is None or answer is ... or (isinstance(answer, str) and not answer.strip())


def _written(answer: Any) -> str:
    """Write an answer back on one line, whatever it is."""
    item = _item(answer)
    plain = item if isinstance(item, str) else reprlib.repr(item)
    return f"{item:.6g}" if isinstance(item, float) else one_line(plain)


def measured(found: Claim | Exercise) -> str:
    """Write a number with its interval, if it has one, or the choice that is right."""
    ends = f" [{_text(found.low)}, {_text(found.high)}]"
    value = found.right if isinstance(found, Exercise) else found.value
    return _text(value) + ends * (found.low != found.high)


def _lesson() -> LessonRecord:
    if not _open:
        raise UserError("no lesson is open: run the cell of imports, which begins it")
    return _open[0]


def _keep(**changed: Any) -> None:
    _open[:] = [_lesson().model_copy(update=changed)]
    _open[0].write(_open[0].lesson)


def _show(kind: str, strong: str, text: str) -> None:
    """Display a line whose beginning is bold; a page colours it by its kind."""
    from IPython.display import display

    bold = f"<strong>{html.escape(strong)}</strong> " if strong else ""
    line = f'<p class="lesson {kind}">{bold}{html.escape(text)}</p>'
    display({"text/html": line, "text/plain": f"{strong} {text}".strip()}, raw=True)
