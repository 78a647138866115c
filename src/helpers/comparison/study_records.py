"""What the stages before a comparison wrote, read once."""

from collections.abc import Iterable
from dataclasses import dataclass

from helpers.core.records.data import DataRecord
from helpers.core.records.metrics import Metrics
from helpers.core.records.training import Training


@dataclass(frozen=True)
class StudyRecords:
    """The data of a study, and each candidate's training and metrics as far as there are any."""

    study: str
    data: DataRecord | None
    trainings: dict[str, Training]
    metrics: dict[str, Metrics]


def read(study: str, trainings: Iterable[Training]) -> StudyRecords:
    """Read what belongs to these trainings."""
    by_name = {training.candidate: training for training in trainings}
    metrics = {name: record for name in by_name if (record := Metrics.find(study, name))}
    return StudyRecords(study, DataRecord.find(study), by_name, metrics)
