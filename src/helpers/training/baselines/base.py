"""A logistic regression on plain features, which several baselines share."""

from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.core import progress
from helpers.data.dataset import Dataset
from helpers.training import linear_probe
from helpers.training.results import AdaptationRequest, BaselineResult

# a data set and positions in it to the features of these items, float [n, D]
Read = Callable[[Dataset, np.ndarray], np.ndarray]
Make = Callable[[Any], np.ndarray]  # of a decoded item


def read_once(
    request: AdaptationRequest, dataset: Dataset, rows: np.ndarray, make: Make, what: str
) -> np.ndarray:
    """Stack what is made of items, once for all fits of a cross-validation: no label decides it."""
    keys = [(dataset.digest, name) for name in dataset.frame["id"].to_numpy()[rows]]
    for row, key in progress.track(zip(rows, keys, strict=True), what, len(rows)):
        if key not in request.memory:
            request.memory[key] = make(dataset.example(int(row)))
    return np.stack([request.memory[key] for key in keys])


def linear(
    request: AdaptationRequest, values: np.ndarray, read: Read, reads: dict[str, Any]
) -> BaselineResult:
    """Fit a logistic regression on plain features, as a probe is on a network's.

    ``values`` [N, D] are filled in for train and validation; ``read`` reads the features of other
    items, and ``reads`` says in words what the model reads.
    """
    options, splits = request.options, request.splits
    probe = linear_probe.fit(values, splits, options["regularisation"], options["class_weight"])
    return BaselineResult(
        value=probe.value,
        validation=probe.trained.scores(values[splits.validation]),
        scores=lambda dataset, positions: probe.final.scores(read(dataset, positions)),
        parameters=probe.final.weights.size + probe.final.bias.size,
        chosen={"C": probe.regularisation},
        backbone=reads,
        grid=probe.grid,
        warnings=probe.warnings,
    )
