"""The lessons as the index lists them: each with its number, and whether it is as expected."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from helpers.config import lesson_file
from helpers.config.lesson_file import LessonFile
from helpers.core.errors import UserError
from helpers.core.records.lesson import LESSONS, LessonRecord
from helpers.report.lessons import measured


@dataclass(frozen=True)
class LessonEntry:
    """A row: by claim what was measured, and what is wrong where it is not as expected."""

    lesson: LessonFile
    claims: dict[str, tuple[str, str]]


def entries() -> list[LessonEntry]:
    """List the lessons in the order of the course, or none where one of them cannot be read."""
    with suppress(UserError):
        return [LessonEntry(each, _claims(each)) for each in lesson_file.ordered()]
    return []


def neighbours(name: str, published: Collection[str]) -> list[tuple[str, str]]:
    """Return titles and names of the published lessons before and after one."""
    shown = [each for each in lesson_file.ordered() if f"{LESSONS}/{each.name}" in published]
    place = next((at for at, each in enumerate(shown) if each.name == name), len(shown) + 1)
    before, after = shown[max(0, place - 1) : place], shown[place + 1 : place + 2]
    links = [(f"Previous: {each.title}", each.name) for each in before]
    return links + [(f"Next: {each.title}", each.name) for each in after]


def _claims(lesson: LessonFile) -> dict[str, tuple[str, str]]:
    claims = {}
    with suppress(UserError):
        record = LessonRecord.read(lesson.name)
        for name, (low, high) in lesson.expect.items():
            claim = record.claims.get(name)
            found = claim.value if claim else None
            inside = found is not None and low <= found <= high
            unexpected = "" if inside else f"outside {low:g} to {high:g}"
            claims[name] = (measured(claim) if claim else "no such number", unexpected)
    return claims
