"""The lessons as the index lists them: each with its number, and whether it is as expected."""

from contextlib import suppress
from dataclasses import dataclass

from helpers.config import lesson_file
from helpers.config.lesson_file import LessonFile
from helpers.core.errors import UserError
from helpers.core.records.lesson import LESSONS, LessonRecord
from helpers.report.lessons import measured


@dataclass(frozen=True)
class ClaimEntry:
    """A claim: its number with the interval, and what is wrong if it lies where it should not."""

    name: str
    found: str
    unexpected: str


@dataclass(frozen=True)
class LessonEntry:
    """A row of the section: the one number first, then the other claims that are expected."""

    lesson: LessonFile
    claims: list[ClaimEntry]

    @property
    def more(self) -> int:
        """Count the other claims that are as expected."""
        return sum(not claim.unexpected for claim in self.claims[1:])


def entries() -> list[LessonEntry]:
    """List the lessons in the order of the course, or none where one of them cannot be read."""
    with suppress(UserError):
        return [LessonEntry(each, _claims(each)) for each in lesson_file.ordered()]
    return []


def neighbours(name: str, published: list[str]) -> list[tuple[str, str]]:
    """Return title and name of the lessons before and after one, of those that are published."""
    shown = [each for each in lesson_file.ordered() if f"{LESSONS}/{each.name}" in published]
    names = [each.name for each in shown]
    if name not in names:
        return []
    place = names.index(name)
    around = (("Previous", place - 1), ("Next", place + 1))
    return [
        (f"{label}: {shown[at].title}", names[at]) for label, at in around if 0 <= at < len(names)
    ]


def _claims(lesson: LessonFile) -> list[ClaimEntry]:
    with suppress(UserError):
        record = LessonRecord.read(lesson.name)
        names = sorted(lesson.expect, key=lambda name: name != lesson.number)
        return [_claim(lesson, name, record) for name in names]
    return []


def _claim(lesson: LessonFile, name: str, record: LessonRecord) -> ClaimEntry:
    low, high = lesson.expect[name]
    claim = record.claims.get(name)
    if claim is None or claim.value is None:
        return ClaimEntry(name, "–", "no such number")
    unexpected = "" if low <= claim.value <= high else f"outside {low:g} to {high:g}"
    return ClaimEntry(name, measured(claim.value, claim.low, claim.high), unexpected)
