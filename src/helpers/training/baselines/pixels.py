"""Classical models on the pixels of small images."""

from functools import partial

import numpy as np
import pandas as pd
from scipy.special import softmax
from sklearn.svm import SVC

from helpers.core import progress
from helpers.data.dataset import Dataset
from helpers.data.image.resizing import resize
from helpers.training import linear_probe, validation_score
from helpers.training.baselines import svm_scores
from helpers.training.baselines.base import Read, linear, read_once
from helpers.training.results import AdaptationRequest, BaselineResult


def pixels(request: AdaptationRequest) -> BaselineResult:
    """Fit a logistic regression on the pixels of small images, as a probe is on features."""
    read, values = _values(request)
    return linear(request, values, read, _reads(request))


def pixels_svm(request: AdaptationRequest) -> BaselineResult:
    """Fit a support vector machine with a Gaussian kernel; for its scores see ``svm_scores``."""
    read, values = _values(request)
    s, weight = request.splits, request.options["class_weight"]
    labels, regularisations = s.labels, sorted(request.options["regularisation"])
    rows, fits = [], []
    for c in progress.track(regularisations, "support vectors"):
        model = SVC(C=c, gamma="scale", class_weight=weight)
        model.fit(values[s.train], labels[s.train])
        decisions = svm_scores.of_classes(model, values[s.validation], s.classes)
        temperature = svm_scores.temperature(decisions, labels[s.validation])
        scores = softmax(decisions / temperature, axis=1)
        rows.append(validation_score.grid_row(c, s.primary, labels[s.validation], scores))
        fits.append((temperature, scores))
    grid = pd.DataFrame(rows)
    best = validation_score.best_row(grid)
    chosen, (temperature, scores) = float(grid.loc[best, "parameter"]), fits[best]
    final = SVC(C=chosen, gamma="scale", class_weight=weight).fit(values[s.both], labels[s.both])
    return BaselineResult(
        value=float(grid.loc[best, "validation"]),
        validation=scores,
        scores=lambda dataset, positions: softmax(
            svm_scores.of_classes(final, read(dataset, positions), s.classes) / temperature, axis=1
        ),
        parameters=final.support_vectors_.size + final.dual_coef_.size,
        chosen={"C": chosen, "temperature": temperature},
        backbone=_reads(request),
        grid=grid,
        warnings=linear_probe.edge(chosen, regularisations),
    )


def _values(request: AdaptationRequest) -> tuple[Read, np.ndarray]:
    """Return how to read pixels in 0..1, and an array [N, D] with those of train and validation."""
    dataset, both, side = request.dataset, request.splits.both, request.options["image_size"]
    images = _small(request, dataset, both)
    grey = bool((images == images[..., :1]).all())
    values = np.zeros((len(dataset.frame), side * side * (1 if grey else 3)))
    values[both] = _flat(images, grey)
    return lambda other, positions: _flat(_small(request, other, positions), grey), values


def _small(request: AdaptationRequest, dataset: Dataset, positions: np.ndarray) -> np.ndarray:
    make = partial(resize, size=request.options["image_size"])
    return read_once(request, dataset, positions, make, "images")


def _flat(images: np.ndarray, grey: bool) -> np.ndarray:
    channels = images[..., :1] if grey else images
    return channels.reshape(len(channels), -1) / 255


def _reads(request: AdaptationRequest) -> dict[str, object]:
    return {"size": request.options["image_size"], "preprocessing": "RGB / 255"}
