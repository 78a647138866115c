"""metrics.json of a recogniser of speech."""

from pydantic import ConfigDict, Field

from helpers.core.records.base import Number, Part
from helpers.core.records.metrics import Metrics


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
