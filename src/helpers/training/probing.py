"""Linear probes on the features of a frozen network."""

from collections.abc import Callable, Sequence

import numpy as np

from helpers.core import cost
from helpers.data.dataset import Dataset
from helpers.models import features
from helpers.models.features import Features
from helpers.training import linear_probe, results
from helpers.training.results import AdaptationRequest, TrainingResult


def fit_probe(request: AdaptationRequest) -> TrainingResult:
    """Fit a linear probe on frozen features; no network runs if they are cached."""
    frozen, splits = features_of(request), request.splits
    with cost.Stopwatch() as watch:
        probe = probe_on(request, frozen.values, request.options["regularisation"])
    item_seconds = frozen.seconds / len(frozen.values)

    def scores(dataset: Dataset, positions: np.ndarray) -> np.ndarray:
        ours = dataset is request.dataset
        values = frozen.values if ours else features_of(request, dataset).values
        return probe.final.scores(values[positions])

    return TrainingResult(
        value=probe.value,
        validation=probe.trained.scores(frozen.values[splits.validation]),
        scores=scores,
        chosen={"C": probe.regularisation},
        backbone=frozen.backbone,
        fit_seconds=watch.seconds + item_seconds * len(splits.both),
        item_seconds=item_seconds,
        parameters=frozen.backbone["parameters"] + probe.final.weights.size + splits.classes,
        gflops=frozen.backbone.get("gflops"),
        engine=frozen.backbone.get("engine"),
        grid=probe.grid,
        doubts=lower_precision(probe.trained.scores, frozen),
        warnings=probe.warnings,
    )


def lower_precision(scores: Callable[[np.ndarray], np.ndarray], frozen: Features) -> list[str]:
    """Say what a lower precision than single does to a probe's scores."""
    if frozen.exact is None:
        return []
    ours = scores(frozen.values[features.sample(frozen.values)])
    return [results.precision_effect(ours, scores(frozen.exact))]


def features_of(request: AdaptationRequest, other: Dataset | None = None) -> Features:
    """Return the frozen features of the request's items, or of another data set's."""
    dataset = request.dataset if other is None else other
    weights, size = request.options["weights"], request.size
    return features.extract(dataset, request.model, weights, size, request.seed, request.threads)


def probe_on(
    request: AdaptationRequest, values: np.ndarray, regularisations: Sequence[float]
) -> linear_probe.Probe:
    """Fit a probe on features [N, D] of the request's items."""
    weighting = request.options["class_weight"]
    return linear_probe.fit(values, request.splits, regularisations, weighting)
