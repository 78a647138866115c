"""What is to find objects in which images, and what each way to make a detector gives."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from helpers.data.dataset import Dataset
from helpers.models.detection.detector import Detections
from helpers.training.results import _Result

# A data set, positions in it and a word for the progress to what is found in each of these images,
# whose classes are positions in the study's.
Finder = Callable[[Dataset, np.ndarray, str], list[Detections]]


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


@dataclass(frozen=True, kw_only=True)
class DetectorResult(_Result):
    """A detector of the study's classes; ``cores`` is how many it keeps busy, all if None."""

    find: Finder
    parameters: int | None = 0
    fit_seconds: float | None = None
    gflops: float | None = None
    engine: str = "none"
    cores: int | None = None
