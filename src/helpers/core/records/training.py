"""training.json: what stage 2-train trained, chose and spent."""

from pydantic import ConfigDict, Field

from helpers.core.records.base import Number, Part, Record
from helpers.core.records.parts import Cost


class ModelFacts(Part):
    """What a model is and reads; a family of models may add facts of its own."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, str | int | float | list[int] | None] = Field(init=False)

    digest: str | None = None
    preprocessing: str | None = None
    vocabulary: str | None = None
    max_tokens: int | None = None
    cut: str | None = None
    language: str | None = None
    pieces: float | None = None
    unread: float | None = None


class Validation(Part):
    """The metric that choices were made by, on the validation items (log loss negated)."""

    metric: str
    value: Number


class Epoch(Part):
    """An epoch of training; 0 is the state before the first."""

    epoch: int
    phase: str = ""
    loss: Number = None
    train: Number = None
    validation: Number = None
    seconds: Number = None


class GridPoint(Part):
    """A value of the regularisation that was tried."""

    parameter: Number
    validation: Number
    log_loss: Number = None


class LearningCurve(Part):
    """Scores by the number of items learned from, or the ``reason`` why there are none.

    The ``law`` is level, scale and exponent of ``level - scale * (size / items) ** -exponent``;
    ``gain`` is what twice the ``items`` would bring, with its interval.
    """

    metric: str
    items: int
    reason: str = ""
    sizes: list[float] = []
    values: list[float] = []
    low: list[float] = []
    high: list[float] = []
    law: list[float] = []
    gain: list[float] = []


class Training(Record):
    """The training of a candidate, if it is trained; ``best:K`` stands for ``resolved_model``."""

    FILE = "training.json"
    study: str
    candidate: str
    model: str
    adaptation: str
    resolved_model: str
    recipe: str = ""  # a digest of model, adaptation, options and seed: alike, it is one training
    backbone: ModelFacts = ModelFacts()
    cost: Cost = Cost()
    validation: Validation | None = None
    chosen: dict[str, int | float | None] = {}
    history: list[Epoch] = []
    choice: list[GridPoint] = []
    doubts: list[str] = []  # why its predictions may not be what they seem
    warnings: list[str] = []
    curve: LearningCurve | None = None
    few_labels: LearningCurve | None = None  # of fits on so many labels, scored on the test items

    @property
    def cautions(self) -> list[str]:
        """What must stand beside the numbers: doubts, and warnings of predictions from a file."""
        return [*self.doubts, *(self.warnings if self.adaptation == "predictions" else [])]

    @classmethod
    def of(cls, study: str, candidate: str) -> "Training":
        """Read a candidate's training; of predictions without one only the name is known."""
        names = dict.fromkeys(("candidate", "model", "resolved_model"), candidate)
        unknown = cls.model_validate({"study": study, "adaptation": "", **names})
        return cls.find(study, candidate) or unknown
