"""metrics.json: what stage 3-evaluate measured of one candidate."""

from pydantic import ConfigDict

from helpers.core.records.base import Number, Part, Record
from helpers.core.records.parts import Cost, Result


class SliceResult(Result):
    """The metric on the items of one slice of a column."""

    column: str
    slice: str
    n: int
    metric: str


class SliceGap(Part):
    """How far a column's slices lie apart, and how far random ones usually do.

    The gap is ``between`` two of them; ``lowest`` and ``highest`` are the slices furthest from what
    the classes or groups that they hold give.
    """

    column: str
    metric: str
    gap: Number
    between: str = ""
    usual_gap: Number
    p: Number
    lowest: str = ""
    highest: str = ""


class CorruptionResult(Result):
    """The metric on corrupted test items; ``changed`` counts predictions that differ."""

    noise: str
    severity: float
    n: int
    changed: int
    metric: str


class ShiftResult(Result):
    """The metric of a model trained on one source and tested on another."""

    trained_on: str
    tested_on: str
    n: int
    metric: str


class NoiseResult(Result):
    """The rate on utterances with noise; ``strength`` is null as recorded."""

    condition: str
    kind: str
    strength: Number = None
    n: int


class Provenance(Part):
    """The code, libraries and machine that the numbers come from."""

    commit: str | None = None
    lock: str | None = None
    python: str | None = None
    packages: dict[str, str] = {}
    processor: str | None = None
    system: str | None = None
    cores: int | None = None


class LanguageResult(Part):
    """The error rates of words and of characters in a language, of one ``source`` if named."""

    language: str
    source: str
    voices: int
    n: int
    wer: Number
    wer_low: Number
    wer_high: Number
    cer: Number
    cer_low: Number
    cer_high: Number
    holds_for: str


class Metrics(Record):
    """What every task's evaluation has in common; other keys are left to the task's own model."""

    model_config = ConfigDict(extra="ignore")
    FILE = "metrics.json"
    study: str
    candidate: str
    model: str
    adaptation: str
    n: int
    primary: str
    metrics: dict[str, Result]
    slices: list[SliceResult] = []
    slice_gaps: list[SliceGap] = []
    robustness: list[CorruptionResult] | list[NoiseResult] = []
    shift: list[ShiftResult] = []
    cost: Cost = Cost()
    languages: list[LanguageResult] = []
    provenance: Provenance = Provenance()
