"""<lesson>.json: what a lesson measured, and what its exercises accept."""

from pathlib import Path

from helpers.core import paths
from helpers.core.records.base import Number, Part, Record

LESSONS = "lessons"  # the folder of all lessons, below notebooks/, build/ and reports/


class Claim(Part):
    """What a lesson found: a number with its interval, and the sentence that says so."""

    value: Number
    low: Number
    high: Number
    sentence: str


class Exercise(Part):
    """The right answer, a number with its range or a choice; hints by answers often given."""

    right: float | str
    low: Number = None
    high: Number = None
    hints: dict[str, str] = {}


class LessonRecord(Record):
    """What a lesson found, by name, and its exercises, by number; what a reader wrote is not in."""

    FILE = "lesson.json"
    version: int = 2
    lesson: str
    claims: dict[str, Claim] = {}
    exercises: dict[str, Exercise] = {}

    @classmethod
    def path(cls, study: str | None = None, candidate: str | None = None) -> Path:
        """Return where the record of a lesson is, or would be."""
        return paths.build(LESSONS) / f"{study}.json"
