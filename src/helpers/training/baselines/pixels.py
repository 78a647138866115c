"""Classical models on the pixels of small pictures."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy.special import softmax
from sklearn.svm import SVC

from helpers.core import progress
from helpers.data.dataset import Dataset
from helpers.data.image.resizing import resize
from helpers.training import linear_probe, validation_score
from helpers.training.baselines import svm_scores
from helpers.training.baselines.base import Baseline, linear


def pixels(
    dataset: Dataset, train: np.ndarray, validation: np.ndarray, primary: str, options: dict
) -> Baseline:
    """Fit a logistic regression on the pixels of small pictures, as a probe on features."""
    read, values = _values(dataset, train, validation, options["image_size"])
    return linear(dataset, train, validation, primary, options, values, read, _expects(options))


def pixels_svm(
    dataset: Dataset, train: np.ndarray, validation: np.ndarray, primary: str, options: dict
) -> Baseline:
    """Fit a support vector machine with a Gaussian kernel on the pixels of small pictures.

    Its decision values become probabilities by a softmax at one temperature, which is fitted on
    validation (Guo et al., ICML 2017, arXiv:1706.04599); the order of the classes stays.
    """
    read, values = _values(dataset, train, validation, options["image_size"])
    labels, classes, weight = dataset.labels, len(dataset.classes), options["class_weight"]
    rows, tried = [], []
    grid = sorted(options["regularisation"])
    for value in progress.track(grid, "support vectors"):
        model = SVC(C=value, gamma="scale", class_weight=weight).fit(values[train], labels[train])
        decisions = svm_scores.of_classes(model, values[validation], classes)
        temperature = svm_scores.temperature(decisions, labels[validation])
        said = softmax(decisions / temperature, axis=1)
        rows.append(validation_score.tried(value, primary, labels[validation], said))
        tried.append((temperature, said))
    path = pd.DataFrame(rows)
    best = validation_score.best(path)
    chosen, (temperature, said) = float(path.loc[best, "parameter"]), tried[best]
    both = np.concatenate([train, validation])
    final = SVC(C=chosen, gamma="scale", class_weight=weight).fit(values[both], labels[both])
    return Baseline(
        path,
        {"C": chosen, "temperature": temperature},
        float(path.loc[best, "validation"]),
        said,
        lambda other, positions: softmax(
            svm_scores.of_classes(final, read(other, positions), classes) / temperature, axis=1
        ),
        final.support_vectors_.size + final.dual_coef_.size,
        linear_probe.edge(chosen, grid),
        _expects(options),
    )


def _values(
    dataset: Dataset, train: np.ndarray, validation: np.ndarray, side: int
) -> tuple[Callable[[Dataset, np.ndarray], np.ndarray], np.ndarray]:
    """Return how to read pixels in 0..1 of positions, and an array [N, D] with the two sides."""
    known = np.concatenate([train, validation])
    pictures = _small(dataset, known, side)
    grey = bool((pictures == pictures[..., :1]).all())
    values = np.zeros((len(dataset.frame), side * side * (1 if grey else 3)))
    values[known] = _flat(pictures, grey)
    return lambda other, positions: _flat(_small(other, positions, side), grey), values


def _small(dataset: Dataset, positions: Sequence[int], side: int) -> np.ndarray:
    tracked = progress.track(positions, "images", len(positions))
    return np.stack([resize(dataset.example(position), side) for position in tracked])


def _flat(pictures: np.ndarray, grey: bool) -> np.ndarray:
    kept = pictures[..., :1] if grey else pictures
    return kept.reshape(len(kept), -1) / 255


def _expects(options: dict) -> dict:
    return {"size": options["image_size"], "preprocessing": "RGB / 255"}
