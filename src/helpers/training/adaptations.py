"""The ways to adapt a model to a data set: a baseline, a probe, a whole network trained."""

from collections.abc import Callable

from helpers.training.baselines import fit_baseline
from helpers.training.external_predictions import read_predictions
from helpers.training.finetuning import finetune, train_from_scratch
from helpers.training.probing import fit_probe
from helpers.training.results import AdaptationRequest, AdaptationResult

FITS: dict[str, Callable[[AdaptationRequest], AdaptationResult]] = {
    "baseline": fit_baseline,
    "probe": fit_probe,
    "finetune": finetune,
    "scratch": train_from_scratch,
    "predictions": read_predictions,
}
"""Each adaptation: an ``AdaptationRequest`` to its ``AdaptationResult``."""
