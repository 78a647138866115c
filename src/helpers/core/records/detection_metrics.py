"""metrics.json of a detector of objects."""

from pydantic import ConfigDict, Field

from helpers.core.records.base import Number, Part
from helpers.core.records.metrics import Metrics
from helpers.core.records.parts import Result


class DetectedClass(Part):
    """How well one class is found; ``low`` and ``high`` are the interval of its ``ap``.

    ``recall`` and ``precision`` are those at the threshold, null without one.
    """

    name: str = Field(alias="class")
    objects: int
    found: int
    ap: Number
    low: Number
    high: Number
    ap50: Number
    recall: Number
    precision: Number
    note: str = ""


class FalsePositives(Result):
    """False boxes an image where so large a share of the objects is found."""

    recall: float


class DetectionMetrics(Metrics):
    """The evaluation of a detector; ``resampled`` says what the intervals stand for.

    ``threshold`` is the lowest score of the boxes that count, chosen on validation; null where
    there was none. Rows and columns of ``confusion`` are the classes and then the background;
    ``errors`` tells what each kind of error costs of AP50, ``calibration`` how far scores are from
    the share of boxes that are right.
    """

    model_config = ConfigDict(extra="forbid")

    classes: list[str]
    objects: int
    threshold: Number
    groups: int | None
    resampled: str
    per_class: list[DetectedClass]
    confusion: list[list[int]]
    errors: dict[str, Number]
    false_positives: list[FalsePositives]
    calibration: Result | None
    cautions: list[str] = []
