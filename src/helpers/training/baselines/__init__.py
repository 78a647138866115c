"""Plain baselines: a network that does not beat them has learned nothing worth its cost."""

from dataclasses import replace

from helpers.core import cost, dotted_names
from helpers.training.adaptations import BASELINES
from helpers.training.results import AdaptationRequest, BaselineResult


def fit_baseline(request: AdaptationRequest) -> BaselineResult:
    """Fit the baseline that the request names, and time it."""
    with cost.Stopwatch() as watch:
        result: BaselineResult = dotted_names.load(BASELINES[request.model])(request)
    return replace(result, fit_seconds=watch.seconds)
