"""Words of sentences, tables and axes: usual names, plurals, points, two digits, lists."""

import math
import re

from helpers.metrics.direction import LOWER_IS_BETTER

_NAMES = {
    "accuracy": "accuracy",
    "balanced-accuracy": "balanced accuracy",
    "macro-precision": "macro precision",
    "macro-recall": "macro recall",
    "macro-f1": "macro-F1",
    "weighted-precision": "weighted precision",
    "weighted-recall": "weighted recall",
    "weighted-f1": "weighted F1",
    "matthews-correlation": "Matthews correlation",
    "cohen-kappa": "Cohen's kappa",
    "top-2-accuracy": "top-2 accuracy",
    "top-5-accuracy": "top-5 accuracy",
    "log-loss": "log loss",
    "brier-score": "Brier score",
    "roc-auc": "ROC AUC",
    "average-precision": "average precision",
    "expected-calibration-error": "calibration error",
    "aurc": "AURC",
    "excess-aurc": "excess AURC",
    "word-error-rate": "word error rate",
    "character-error-rate": "character error rate",
    "match-error-rate": "match error rate",
    "word-information-lost": "word information lost",
    "faultless-share": "faultless share",
    "hallucination-rate": "hallucination rate",
    "logistic-probe": "logistic probe",
    "ridge-probe": "ridge probe",
    "nearest-neighbours": "nearest neighbours",
    "logme": "LogME",
    "h-score": "H-score",
    "leep": "LEEP",
    "imagenet-accuracy": "ImageNet accuracy",
}
"""Metrics, and methods to rank models by, as people write them."""
_COLUMNS = {
    "a": "first",
    "b": "second",
    "audio_seconds": "seconds of sound",
    "cost": "ms an item",
    "f1": "F1",
    "fit_seconds": "seconds to train",
    "gflops": "GFLOPs an item",
    "items_per_second": "items a second",
    "latency_p50_ms": "ms for half of the items, at most",
    "latency_p95_ms": "ms for 19 items in 20, at most",
    "load_seconds": "seconds to load",
    "lock": "digest of the lock",
    "n": "items",
    "ngrams": "words in a run, at most",
    "p_holm": "p, corrected",
    "peak_memory_mb": "MB of memory, at most",
    "predict_seconds": "seconds to predict",
    "primary": "primary metric",
    "real_time_factor": "seconds for a second of sound",
    "rope": "practically the same up to",
    "sublinear": "logarithms of counts",
    "tau": "weighted tau",
}
"""Columns and parameters whose names in code say little to a reader."""


def metric_name(metric: str) -> str:
    """Name a metric as people write it."""
    return _NAMES.get(metric, metric.replace("-", " "))


def column_name(name: object) -> str:
    """Name a column or a parameter for readers; a name that comes from data keeps its hyphens."""
    known = _COLUMNS.get(str(name)) or _NAMES.get(str(name))
    return known or str(name).replace("_", " ")


def own_name(column: object) -> str:
    """Name a column of somebody's data: its name is theirs, whatever ours mean."""
    return str(column).replace("_", " ")


def one_line(value: object, most: int = 42) -> str:
    """Write a value of the data on one line of bounded length."""
    text = " ".join(str(value).split())
    return text if len(text) <= most else text[: most - 1] + "…"


def markdown(text: str) -> str:
    """Write a sentence that may hold values of the data as Markdown that marks nothing up."""
    return re.sub(r"([\\`*_\[\]<>#|~!])", r"\\\1", text)


def counted(number: int, one: str, several: str | None = None) -> str:
    """Write a count with its noun, singular or plural: ``1 pair``, ``1,200 pairs``."""
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"


def amount(difference: float, metric: str) -> str:
    """Write a difference in points, hundredths of the metric; that of a loss as it is."""
    if metric in LOWER_IS_BETTER:
        return f"{difference:.3f}"
    points = f"{100 * difference:.1f}"
    return f"{points} {'point' if points == '1.0' else 'points'}"


def two_digits(number: float) -> str:
    """Round to two significant digits, without an exponent."""
    if number <= 0:
        return "0"
    places = max(0, 1 - math.floor(math.log10(number)))
    return f"{round(number, 1 - math.floor(math.log10(number))):,.{min(places, 4)}f}"


def significant(number: float, digits: int = 3) -> str:
    """Round to some significant digits, without an exponent and without noughts at the end."""
    if not number:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(number)))
    text = f"{round(number, places):,.{max(0, places)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


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
