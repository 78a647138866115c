"""A classical model on statistics of the log-mel spectrogram: what needs no network to be told."""

import numpy as np

from helpers import mel, probe, progress
from helpers.baselines.baseline import Baseline
from helpers.dataset import Dataset


def log_mel(
    dataset: Dataset, train: np.ndarray, validation: np.ndarray, primary: str, options: dict
) -> Baseline:
    """Fit a logistic regression on each band's mean, spread and movement, as a probe is."""
    known = np.concatenate([train, validation])
    values = np.zeros((len(dataset.frame), 3 * 40), np.float32)
    values[known] = _values(dataset, known)
    choice = probe.fit(
        values,
        dataset.labels,
        train,
        validation,
        len(dataset.classes),
        options["regularisation"],
        primary,
        options["class_weight"],
    )
    return Baseline(
        choice.path,
        {"C": choice.regularisation},
        choice.value,
        choice.trained.scores(values[validation]),
        lambda other, positions: choice.final.scores(_values(other, positions)),
        choice.final.weights.size + choice.final.bias.size,
        choice.warnings,
        {"preprocessing": "mean, spread and movement of 40 log-mel bands"},
    )


def _values(dataset: Dataset, positions: np.ndarray) -> np.ndarray:
    tracked = progress.track(positions, "spectrograms", len(positions))
    return np.stack([mel.statistics(dataset.example(int(position))) for position in tracked])
