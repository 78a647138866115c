"""data.json: what stage 1-data found, kept and split."""

from pydantic import JsonValue

from helpers.core.records.base import Number, Part, Record


class ItemCounts(Part):
    """Numbers of items: in the source, loaded, dropped and used; by split and by label."""

    original: int
    loaded: int
    dropped: int
    used: int
    splits: dict[str, int]
    labels: dict[str, int]


class CheckResult(Part):
    """The outcome of one check; ``count`` is 0 where it passed or does not apply.

    ``consequence`` is what it means for the scores, in a sentence; empty where it means nothing.
    """

    code: str
    title: str
    severity: str
    count: int
    detail: str
    consequence: str = ""


class Dropped(Part):
    """How many items were dropped for a reason."""

    reason: str
    count: int


class PublishedResult(Part):
    """A number that others, or people, reached on the data, with its protocol."""

    name: str
    metric: str
    value: Number
    low: Number = None
    high: Number = None
    protocol: str
    reference: str


class DataRecord(Record):
    """The data of a study.

    ``decoding`` is what every stage must know to decode its items alike, such as the levels of its
    images; ``ceiling`` has what people reach on the same items; ``folds`` says how few items are
    cross-validated, or why they are not.
    """

    FILE = "data.json"
    version: int = 2
    study: str
    task: str
    source: str | dict[str, JsonValue]
    split: dict[str, JsonValue] | None
    folds: str = ""
    digest: str
    source_digest: str
    counts: ItemCounts
    classes: list[str]
    checks: list[CheckResult]
    dropped: list[Dropped]
    notes: list[str]
    languages: dict[str, int] = {}  # of the texts whose language, or script, can be told
    decoding: dict[str, JsonValue] = {}
    ceiling: list[PublishedResult]
    licence: str
    citation: str
    root: str
