"""pretraining.json: the backbones that stage 0-pretrain made, and what their training showed."""

from helpers.core.records.base import Number, Part, Record
from helpers.core.records.training import Epoch


class PretrainedBackbone(Part):
    """A backbone that learned from ``items`` without labels: its weights after epoch ``kept``.

    In the ``history``, validation is the loss of ``held_out`` items. ``rank`` is the effective
    number of dimensions of their features, ``duplicates`` the share of samples that have a near
    copy. ``doubts`` are repeated with every result.
    """

    name: str
    method: str
    digest: str  # of the weights
    image_size: int
    items: int
    held_out: int
    transductive: bool
    kept: int
    rank: Number
    duplicates: Number
    history: list[Epoch]
    doubts: list[str]
    warnings: list[str]


class PretrainingRecord(Record):
    """All backbones of a study; their weights are in backbones.npz."""

    FILE = "pretraining.json"
    study: str
    backbones: list[PretrainedBackbone]
