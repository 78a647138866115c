"""metrics.json of a classifier."""

from pydantic import ConfigDict, Field

from helpers.core.records.base import Number, Part
from helpers.core.records.metrics import Metrics, SliceResult
from helpers.core.records.parts import Result


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
    prediction_sets: list[SliceResult] = []
    threshold: list[SliceResult] = []
