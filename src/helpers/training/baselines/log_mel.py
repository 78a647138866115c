"""A classical model on statistics of the log-mel spectrogram, without any network."""

import numpy as np

from helpers.core import progress
from helpers.data.audio.log_mel import statistics
from helpers.data.dataset import Dataset
from helpers.training.baselines.base import linear
from helpers.training.results import AdaptationRequest, BaselineResult


def log_mel(request: AdaptationRequest) -> BaselineResult:
    """Fit a logistic regression on the mean, spread and movement of each band."""
    dataset, both = request.dataset, request.splits.both
    values = np.zeros((len(dataset.frame), 3 * 40), np.float32)
    values[both] = _values(dataset, both)
    reads = {"preprocessing": "mean, spread and movement of 40 log-mel bands"}
    return linear(request, values, _values, reads)


def _values(dataset: Dataset, positions: np.ndarray) -> np.ndarray:
    tracked = progress.track(positions, "spectrograms", len(positions))
    return np.stack([statistics(dataset.example(int(position))) for position in tracked])
