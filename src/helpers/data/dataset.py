"""A study's data as it was prepared: opened by every stage after the first."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from helpers.core import paths
from helpers.core.errors import UserError
from helpers.core.records.data import DataRecord
from helpers.data import sources
from helpers.data.items import Items


@dataclass(frozen=True)
class Dataset:
    """A prepared study: a row of ``frame`` for each item, in the order of splits.parquet."""

    study: str
    frame: pd.DataFrame
    classes: tuple[str, ...]
    digest: str
    items: Items

    @property
    def task(self) -> str:
        """Return what the study's items are and what their labels are for."""
        return self.items.task

    @property
    def labels(self) -> np.ndarray:
        """Class numbers, positions in ``classes``: int64 [N]."""
        return pd.Index(self.classes).get_indexer(self.frame["label"]).astype(np.int64)

    @property
    def boxes(self) -> pd.DataFrame:
        """The objects in its images, as in boxes.parquet; none where the task has no boxes."""
        return pd.DataFrame() if self.items.boxes is None else self.items.boxes

    def take(self, rows: np.ndarray) -> "Dataset":
        """Return the data set of some rows, in their order."""
        frame = self.frame.iloc[rows].reset_index(drop=True)
        return replace(self, frame=frame, items=self.items.take(rows))

    def example(self, index: int) -> Any:
        """Decode the item of a row, as its modality does."""
        return self.items.read(index)


def open(study: str) -> Dataset:  # noqa: A001 (reads as dataset.open)
    """Open a study; raises UserError if it is not prepared, or its source has changed since."""
    record, splits = DataRecord.find(study), paths.build(study) / "splits.parquet"
    if record is None or not splits.is_file():
        raise UserError(f"{study}: its data is not prepared yet; run the notebook 1-data first")
    frame = pd.read_parquet(splits)
    items = sources.load(record.source, record.task)
    rows = pd.Index(items.frame["id"]).get_indexer(frame["id"])
    if items.digest != record.source_digest or (rows < 0).any():
        raise UserError(f"{study}: its data has changed since it was split; run 1-data again")
    found = paths.build(study) / "boxes.parquet"
    boxes = pd.read_parquet(found) if items.boxes is not None else None
    items = replace(items.take(rows), decoding=record.decoding, boxes=boxes)
    return Dataset(study, frame, tuple(record.classes), record.digest, items)
