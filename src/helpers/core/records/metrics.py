"""metrics.json: what stage 3-evaluate measured of one candidate."""

from typing import ClassVar

from pydantic import ConfigDict, Field

from helpers.core.records.base import Number, Part, Record
from helpers.core.records.parts import Cost, Result


class SliceResult(Result):
    """The metric on the items of one slice of a column."""

    column: str
    slice: str
    n: int
    metric: str


class SliceGap(Part):
    """How far a column's slices lie apart, and how far random ones usually do."""

    column: str
    metric: str
    gap: Number
    usual_gap: Number
    p: Number


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


class Metrics(Record):
    """What every task's evaluation has in common; other keys are left to the task's own model."""

    model_config = ConfigDict(extra="ignore")
    FILE: ClassVar[str] = "metrics.json"

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
    provenance: Provenance = Provenance()


class ClassResult(Part):
    """Precision, recall and F1 of one class; ``low`` and ``high`` are the interval of F1."""

    name: str = Field(alias="class")
    support: int
    predicted: int
    precision: Number
    precision_low: Number
    precision_high: Number
    recall: Number
    recall_low: Number
    recall_high: Number
    f1: Number
    low: Number
    high: Number
    method: str
    note: str


class Brier(Part):
    """The Brier score of the confidence and its parts."""

    brier: Number
    reliability: Number
    resolution: Number
    uncertainty: Number
    within: Number


class CalibrationResult(Part):
    """The expected calibration error, and what it must be read against."""

    error: Result
    debiased: Number
    floor: Number
    floor_high: Number
    brier: Brier


class SelectiveCurve(Part):
    """Error rate against the share of the items answered, with its interval."""

    coverage: list[Number]
    risk: list[Number]
    low: list[Number]
    high: list[Number]


class ClassificationMetrics(Metrics):
    """The evaluation of a classifier; without scores, no calibration and no selective curve."""

    model_config = ConfigDict(extra="forbid")

    classes: list[str]
    per_class: list[ClassResult]
    confusion: list[list[int]]
    calibration: CalibrationResult | None
    selective: SelectiveCurve | None


class NormalisationResult(Part):
    """Every rate under one normalisation; ``low`` and ``high`` are the interval of the first."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Number] = Field(init=False)

    normalisation: str
    low: Number
    high: Number


class Edits(Part):
    """How many words were correct, substituted, deleted or inserted."""

    words: str
    count: int
    share: Number = Field(alias="of the words said")


class Imagined(Part):
    """What was written for a recording in which nobody speaks; ``row`` is its row in the splits."""

    row: int
    id: str
    sound: str
    hypothesis: str


class SpeechMetrics(Metrics):
    """The evaluation of a recogniser; ``resampled`` says what the intervals stand for."""

    model_config = ConfigDict(extra="forbid")

    normalisation: str
    speakers: int | None
    resampled: str
    normalisations: list[NormalisationResult]
    edits: list[Edits]
    imagined: list[Imagined]
