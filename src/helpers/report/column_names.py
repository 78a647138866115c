"""Columns and parameters as readers see them."""

from helpers.metrics.registry import METRICS

_COLUMNS = {  # columns and parameters whose names in code say little to a reader
    "a": "first",
    "b": "second",
    "cer": "CER",
    "cer_low": "CER low",
    "cer_high": "CER high",
    "ap": "AP",
    "ap50": "AP50",
    "audio_seconds": "audio (s)",
    "cost": "ms per item",
    "detectable": "detectable difference",
    "f1": "F1",
    "fit_seconds": "training (s)",
    "gflops": "GFLOPs per item",
    "highest": "highest for what it holds",
    "items_per_second": "items per second",
    "latency_p50_ms": "median latency (ms)",
    "latency_p95_ms": "95th percentile of latency (ms)",
    "load_seconds": "loading (s)",
    "lock": "lockfile digest",
    "lowest": "lowest for what it holds",
    "n": "items",
    "ngrams": "longest n-gram (words)",
    "p_holm": "p (Holm)",
    "peak_memory_mb": "peak memory (MB)",
    "predict_seconds": "prediction (s)",
    "primary": "primary metric",
    "real_time_factor": "real-time factor (s per s of audio)",
    "rope": "practical equivalence (ROPE)",
    "sublinear": "sublinear term frequency",
    "tau": "weighted tau",
    "wer": "WER",
    "wer_low": "WER low",
    "wer_high": "WER high",
    # methods that rank models, which are columns of a selection
    "logme": "LogME",
    "h-score": "H-score",
    "leep": "LEEP",
    "imagenet-accuracy": "ImageNet accuracy",
    "logistic-probe": "logistic probe",
    "ridge-probe": "ridge probe",
    "nearest-neighbours": "nearest neighbours",
}


def column_name(name: object) -> str:
    """Name a column or a parameter for readers; a name that comes from data keeps its hyphens."""
    name = str(name)
    if name in METRICS:
        return METRICS[name].label
    return _COLUMNS.get(name) or name.replace("_", " ")
