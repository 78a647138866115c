"""What is to find objects in which images, and what each way to make a detector gives."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from helpers.data.dataset import Dataset
from helpers.models.detection.detector import Detector
from helpers.training.results import _Result


@dataclass(frozen=True)
class DetectionRequest:
    """Which candidate finds objects in which data: the fields are those of a study's candidate."""

    dataset: Dataset
    candidate: str
    adaptation: str
    model: str
    options: dict[str, Any]
    seed: int = 42
    threads: int | None = None  # all cores; their number changes TensorFlow's last digits
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)  # of the time budget


def boxes_of(dataset: Dataset, split: str) -> pd.DataFrame:
    """Return the true boxes in the images of a split."""
    images = dataset.frame["id"][dataset.frame["split"] == split]
    return dataset.boxes[dataset.boxes["id"].isin(images)]


@dataclass(frozen=True, kw_only=True)
class DetectorResult(_Result):
    """A detector whose classes are the study's."""

    detector: Detector
    fit_seconds: float | None = None
