"""Numbers in sentences: metrics by their usual names, points, two digits, lists."""

import math

from helpers.metrics.direction import LOWER_IS_BETTER

_NAMES = {
    "macro-f1": "macro-F1",
    "weighted-f1": "weighted F1",
    "roc-auc": "ROC AUC",
    "aurc": "AURC",
}


def metric_name(metric: str) -> str:
    """Name a metric as people write it."""
    return _NAMES.get(metric, metric.replace("-", " "))


def amount(difference: float, metric: str) -> str:
    """Write a difference in points, hundredths of the metric; that of a loss as it is."""
    if metric in LOWER_IS_BETTER:
        return f"{difference:.3f}"
    points = f"{100 * difference:.1f}"
    return f"{points} point{'' if points == '1.0' else 's'}"


def two_digits(number: float) -> str:
    """Round to two significant digits, without an exponent."""
    if number <= 0:
        return "0"
    places = max(0, 1 - math.floor(math.log10(number)))
    return f"{round(number, 1 - math.floor(math.log10(number))):,.{min(places, 4)}f}"


def round_up(number: float) -> int:
    """Round up to two significant digits."""
    scale = 10 ** max(0, math.floor(math.log10(number)) - 1)
    return int(math.ceil(number / scale) * scale)


def p_value(p: float) -> str:
    """Write a corrected p-value."""
    return "p below 0.001 after correction" if p < 0.001 else f"p = {p:.3f} after correction"


def names(listed: list[str], most: int | None = None) -> str:
    """Join names with commas and an `and`; of more than ``most`` the rest is counted."""
    if most and len(listed) > most:
        listed = [*listed[: most - 1], f"{len(listed) - most + 1} more"]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"
