"""Plain baselines: whoever does not beat them has learnt nothing that needs a network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from PIL import Image
from scipy.optimize import minimize_scalar
from scipy.special import softmax
from sklearn.svm import SVC

from helpers import probe, progress, selection
from helpers.dataset import Dataset


@dataclass(frozen=True)
class Baseline:
    """A fitted baseline.

    ``path`` has the columns parameter, validation and log_loss, empty where nothing is chosen;
    ``validation`` are scores of the validation side [V, K] by the fit on train alone; ``scores``
    gives those of any positions, by the fit on both.
    """

    path: pd.DataFrame
    chosen: dict[str, float]
    value: float
    validation: np.ndarray
    scores: Callable[[np.ndarray], np.ndarray]
    parameters: int
    warnings: list[str]


def majority(
    dataset: Dataset, train: np.ndarray, validation: np.ndarray, primary: str, options: dict
) -> Baseline:
    """Say the most frequent class; the scores are the frequencies of the classes in train."""
    labels, classes = dataset.labels, len(dataset.classes)
    frequencies = np.bincount(labels[train], minlength=classes) / len(train)
    said = np.tile(frequencies, (len(validation), 1))
    path = pd.DataFrame({"parameter": [], "validation": [], "log_loss": []})
    value = selection.score(primary, labels[validation], said)
    both = np.concatenate([train, validation])
    final = np.bincount(labels[both], minlength=classes) / len(both)
    repeat = lambda positions: np.tile(final, (len(positions), 1))  # noqa: E731
    return Baseline(path, {}, value, said, repeat, classes, [])


def pixels(
    dataset: Dataset, train: np.ndarray, validation: np.ndarray, primary: str, options: dict
) -> Baseline:
    """Fit a logistic regression on the pixels of small pictures, as a probe on features."""
    read, values = _values(dataset, train, validation, options["image_size"])
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
        lambda positions: choice.final.scores(read(positions)),
        choice.final.weights.size + choice.final.bias.size,
        choice.warnings,
    )


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
        decisions = _decisions(model, values[validation], classes)
        temperature = _temperature(decisions, labels[validation])
        said = softmax(decisions / temperature, axis=1)
        row = {
            "parameter": value,
            "validation": selection.score(primary, labels[validation], said),
            "log_loss": selection.log_loss(labels[validation], said),
        }
        rows.append(row)
        tried.append((temperature, said))
    path = pd.DataFrame(rows)
    best = path.sort_values(["validation", "log_loss"], ascending=[False, True]).index[0]
    chosen, (temperature, said) = float(path.loc[best, "parameter"]), tried[best]
    both = np.concatenate([train, validation])
    final = SVC(C=chosen, gamma="scale", class_weight=weight).fit(values[both], labels[both])
    return Baseline(
        path,
        {"C": chosen, "temperature": temperature},
        float(path.loc[best, "validation"]),
        said,
        lambda where: softmax(_decisions(final, read(where), classes) / temperature, axis=1),
        final.support_vectors_.size + final.dual_coef_.size,
        probe.edge(chosen, grid),
    )


FITS = {"majority": majority, "pixels": pixels, "pixels-svm": pixels_svm}
"""Each baseline: a dataset, two sides, the primary metric and options to a ``Baseline``."""


def small(picture: np.ndarray, side: int) -> np.ndarray:
    """Scale a picture, averaging where it shrinks: uint8 [side, side, 3]."""
    scaled = Image.fromarray(picture).resize((side, side), Image.Resampling.BILINEAR)
    return np.asarray(scaled)


def _values(
    dataset: Dataset, train: np.ndarray, validation: np.ndarray, side: int
) -> tuple[Callable[[np.ndarray], np.ndarray], np.ndarray]:
    """Return how to read pixels in 0..1 of positions, and an array [N, D] with the two sides."""
    known = np.concatenate([train, validation])
    pictures = _small(dataset, known, side)
    grey = bool((pictures == pictures[..., :1]).all())
    values = np.zeros((len(dataset.frame), side * side * (1 if grey else 3)))
    values[known] = _flat(pictures, grey)
    return lambda positions: _flat(_small(dataset, positions, side), grey), values


def _small(dataset: Dataset, positions: Sequence[int], side: int) -> np.ndarray:
    tracked = progress.track(positions, "pictures", len(positions))
    return np.stack([small(dataset.example(position), side) for position in tracked])


def _flat(pictures: np.ndarray, grey: bool) -> np.ndarray:
    kept = pictures[..., :1] if grey else pictures
    return kept.reshape(len(kept), -1) / 255


def _decisions(model: SVC, values: np.ndarray, classes: int) -> np.ndarray:
    """Return decision values [N, K], also of two classes and of those without a training item."""
    raw = model.decision_function(values)
    raw = np.stack([-raw, raw], axis=1) / 2 if raw.ndim == 1 else raw
    decisions = np.full((len(values), classes), raw.min() - 10.0)
    decisions[:, model.classes_] = raw
    return decisions


def _temperature(decisions: np.ndarray, labels: np.ndarray) -> float:
    """Find the temperature of least log loss, between 1/1000 and 100."""
    loss = lambda power: selection.log_loss(labels, softmax(decisions / 10**power, axis=1))  # noqa: E731
    return float(10 ** minimize_scalar(loss, bounds=(-3, 2), method="bounded").x)
