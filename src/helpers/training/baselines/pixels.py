"""Classical models on the pixels of small images."""

from functools import partial

import numpy as np
from sklearn.svm import SVC

from helpers.data.dataset import Dataset
from helpers.data.image.resizing import resize
from helpers.training.baselines.base import Read, choose, linear, read_once
from helpers.training.results import AdaptationRequest, BaselineResult


def pixels(request: AdaptationRequest) -> BaselineResult:
    """Fit a logistic regression on the pixels of small images, as a probe is on features."""
    read, values = _values(request)
    return linear(request, values, read, _reads(request))


def pixels_svm(request: AdaptationRequest) -> BaselineResult:
    """Fit a support vector machine with a Gaussian kernel; its scores are at one temperature."""
    read, values = _values(request)
    s, weight = request.splits, request.options["class_weight"]

    def make(c: float) -> SVC:
        return SVC(C=c, gamma="scale", class_weight=weight)

    fit, found = choose(request, make, values[s.train], values[s.validation])
    final = fit.again(make(found["chosen"]["C"]), values[s.both], s.labels[s.both])
    return BaselineResult(
        scores=lambda dataset, positions: final.scores(read(dataset, positions)),
        parameters=final.model.support_vectors_.size + final.model.dual_coef_.size,
        backbone=_reads(request),
        **found,
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
