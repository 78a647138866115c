"""shift.json: the other sources that a study's candidates are tested on."""

from helpers.core.records.base import Part, Record


class ShiftSource(Part):
    """Another source: its name, and the digest of its prepared data."""

    name: str
    digest: str


class Shift(Record):
    """The other sources of a study, each prepared in ``shift/<name>`` below it."""

    FILE = "shift.json"
    sources: list[ShiftSource]
