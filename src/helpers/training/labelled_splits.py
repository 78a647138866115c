"""Labels, and which items may be learned from: the train and validation splits, never test."""

from dataclasses import dataclass

import numpy as np

from helpers.core.errors import UserError
from helpers.data.dataset import Dataset


@dataclass(frozen=True)
class LabelledSplits:
    """Class codes int [N] of all items, and the positions of the two splits, int."""

    labels: np.ndarray
    train: np.ndarray
    validation: np.ndarray
    classes: int
    primary: str  # the metric on validation that choices are made by

    @property
    def both(self) -> np.ndarray:
        """Positions of train, then of validation."""
        return np.concatenate([self.train, self.validation])


def positions(dataset: Dataset, split: str) -> np.ndarray:
    """Return the positions of a split's items, int [n]."""
    return np.flatnonzero(dataset.frame["split"].to_numpy() == split)


def labelled_splits(dataset: Dataset, primary: str) -> LabelledSplits:
    """Return the train and validation splits of a data set; a UserError if one is empty."""
    train, validation = (positions(dataset, name) for name in ("train", "validation"))
    for name, rows in (("train", train), ("validation", validation)):
        if not len(rows):
            raise UserError(f"{dataset.study}: the {name} split is empty: give it a larger share")
    return LabelledSplits(dataset.labels, train, validation, len(dataset.classes), primary)
