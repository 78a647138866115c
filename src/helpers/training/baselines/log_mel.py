"""A classical model on statistics of the log-mel spectrogram, without any network."""

import numpy as np

from helpers.data.audio.log_mel import statistics
from helpers.data.dataset import Dataset
from helpers.training.baselines.base import linear, read_once
from helpers.training.results import AdaptationRequest, BaselineResult


def log_mel(request: AdaptationRequest) -> BaselineResult:
    """Fit a logistic regression on the mean, spread and movement of each band."""

    def read(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
        return read_once(request, dataset, rows, statistics, "spectrograms")

    values, both = np.zeros((len(request.dataset.frame), 3 * 40), np.float32), request.splits.both
    values[both] = read(request.dataset, both)
    reads = {"preprocessing": "mean, spread and movement of 40 log-mel bands"}
    return linear(request, values, read, reads)
