"""Plain baselines: a model that does not beat them has learned nothing that needs a network."""

from dataclasses import replace

from helpers.core import cost
from helpers.training.baselines import tfidf
from helpers.training.baselines.log_mel import log_mel
from helpers.training.baselines.majority import majority
from helpers.training.baselines.pixels import pixels, pixels_svm, small
from helpers.training.results import AdaptationRequest, BaselineResult

__all__ = ["FITS", "fit_baseline", "small"]

FITS = {
    "majority": majority,
    "pixels": pixels,
    "pixels-svm": pixels_svm,
    "tfidf-logistic": tfidf.logistic,
    "tfidf-svm": tfidf.svm,
    "log-mel": log_mel,
}
"""Each baseline: an ``AdaptationRequest`` to its ``BaselineResult``."""


def fit_baseline(request: AdaptationRequest) -> BaselineResult:
    """Fit the baseline that the request names, and time it."""
    with cost.Stopwatch() as watch:
        result = FITS[request.model](request)
    return replace(result, fit_seconds=watch.seconds)
