"""Every metric by name: what files, headings, checks and sentences say of it is read here."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from helpers.metrics.metric import CLASSIFICATION, Metric

MODULES = ("confusion_matrix", "probabilistic", "word_error_rate", "boxes.resampled")
"""Where the entries are, in the order of metrics.json. They are loaded by name, so that what asks
for a label depends on no metric's code; the pipeline adds that code to the stages that run it."""

METRICS: dict[str, Metric] = {
    metric.name: metric
    for module in MODULES
    for metric in import_module(f"{__package__}.{module}").METRICS
}


def names(family: str, may_choose: bool = False) -> list[str]:
    """List the metrics of a task family, or only those that may be a study's primary metric."""
    every = [metric for metric in METRICS.values() if metric.family == family]
    return [metric.name for metric in every if metric.may_choose or not may_choose]


def functions(*reads: str) -> dict[str, Callable[..., Any]]:
    """Return the functions that read counts, scores, a ranking or edits, by metric."""
    every = METRICS.values()
    return {each.name: each.function for each in every if each.function and each.reads in reads}


def lower_is_better(name: str) -> bool:
    """Tell which way a metric is better; an unknown one is better where it is higher."""
    return name in METRICS and METRICS[name].lower_is_better


def needs_scores(name: str) -> bool:
    """Tell whether a metric needs probabilities."""
    return METRICS[name].needs_scores


def modules(family: str) -> list[str]:
    """Name the modules that compute the metrics of a task family."""
    return sorted({each.module for each in METRICS.values() if each.family == family} - {""})


def validation_modules(name: str) -> list[str]:
    """Name the modules that score validation by a metric; none where scikit-learn does."""
    metric = METRICS.get(name)
    if metric is None or metric.family != CLASSIFICATION or metric.validation == "scikit-learn":
        return []
    return [f"{__package__}.point_values", metric.module]


def glossary() -> dict[str, str]:
    """Return labels and their definition; metrics defined together share a line."""
    labels: dict[str, list[str]] = {}
    for metric in METRICS.values():
        labels.setdefault(metric.definition, []).append(metric.label)
    return {", ".join(several): definition for definition, several in labels.items()}
