"""Metrics and differences between their values, as readers see them."""

from helpers.metrics.registry import METRICS, lower_is_better


def metric_name(metric: str) -> str:
    """Return a metric's label."""
    return METRICS[metric].label if metric in METRICS else metric.replace("-", " ")


def amount(difference: float, metric: str) -> str:
    """Write a difference in points, hundredths of the metric; that of a loss as it is."""
    if lower_is_better(metric):
        return f"{difference:.3f}"
    points = f"{100 * difference:.1f}"
    return f"{points} {'point' if points == '1.0' else 'points'}"
