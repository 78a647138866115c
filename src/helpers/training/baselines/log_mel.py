"""A classical model on statistics of the log-mel spectrogram: what needs no network to be told."""

import numpy as np

from helpers.core import progress
from helpers.data.audio.log_mel import statistics
from helpers.data.dataset import Dataset
from helpers.training.baselines.base import Baseline, linear


def log_mel(
    dataset: Dataset, train: np.ndarray, validation: np.ndarray, primary: str, options: dict
) -> Baseline:
    """Fit a logistic regression on each band's mean, spread and movement, as a probe is."""
    known = np.concatenate([train, validation])
    values = np.zeros((len(dataset.frame), 3 * 40), np.float32)
    values[known] = _values(dataset, known)
    expects = {"preprocessing": "mean, spread and movement of 40 log-mel bands"}
    return linear(dataset, train, validation, primary, options, values, _values, expects)


def _values(dataset: Dataset, positions: np.ndarray) -> np.ndarray:
    tracked = progress.track(positions, "spectrograms", len(positions))
    return np.stack([statistics(dataset.example(int(position))) for position in tracked])
