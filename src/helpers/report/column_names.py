"""Columns and parameters as readers see them."""

from helpers.metrics.registry import METRICS

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
_METHODS = {
    "logme": "LogME",
    "h-score": "H-score",
    "leep": "LEEP",
    "imagenet-accuracy": "ImageNet accuracy",
    "logistic-probe": "logistic probe",
    "ridge-probe": "ridge probe",
    "nearest-neighbours": "nearest neighbours",
}
"""Methods that rank models, which are columns of a selection."""


def column_name(name: object) -> str:
    """Name a column or a parameter for readers; a name that comes from data keeps its hyphens."""
    name = str(name)
    if name in METRICS:
        return METRICS[name].label
    return _COLUMNS.get(name) or _METHODS.get(name) or name.replace("_", " ")
