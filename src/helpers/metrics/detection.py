"""Metrics of object detection: all that the other rooms need."""

from helpers.metrics.boxes.errors import confusion, outcomes, tide
from helpers.metrics.boxes.influence import pseudo_values
from helpers.metrics.boxes.intervals import by_class, estimates, resampled
from helpers.metrics.boxes.resampled import METRIC_NAMES, values
from helpers.metrics.boxes.table import DetectionTable, Matches, match
from helpers.metrics.boxes.thresholds import best_threshold, froc, precision_recall

__all__ = [
    "METRIC_NAMES",
    "DetectionTable",
    "Matches",
    "best_threshold",
    "by_class",
    "confusion",
    "estimates",
    "froc",
    "match",
    "outcomes",
    "precision_recall",
    "pseudo_values",
    "resampled",
    "tide",
    "values",
]
