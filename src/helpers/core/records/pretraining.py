"""pretraining.json: the backbones that stage 0-pretrain made, and what their training showed."""

from helpers.core.records.base import Number, Part, Record
from helpers.core.records.training import Epoch


class PretrainedBackbone(Part):
    """A backbone after epoch ``kept``; in the history, validation is the loss of held-out items."""

    name: str
    method: str
    digest: str  # of the weights
    image_size: int | None = None
    model: str = ""  # of texts, which was pretrained further
    max_tokens: int | None = None
    source: str = ""  # of the items, if they are not the study's own
    items: int
    copies: int = 0  # items of the source that are left out: the study is judged by them
    unreadable: int = 0
    transductive: bool
    kept: int
    rank: Number  # effective dimensions of the features of held-out items
    duplicates: Number  # share of samples that have a near copy
    history: list[Epoch]
    doubts: list[str]
    warnings: list[str]

    @property
    def cautions(self) -> list[str]:
        """What must stand beside every result."""
        return [*self.doubts, *self.warnings]

    @property
    def seconds(self) -> float:
        """Return what all epochs took, those of no use too."""
        return sum(epoch.seconds or 0.0 for epoch in self.history)


class PretrainingRecord(Record):
    """All backbones of a study; their weights are in backbones.npz."""

    FILE = "pretraining.json"
    study: str
    backbones: list[PretrainedBackbone]
