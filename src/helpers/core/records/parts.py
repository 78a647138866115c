"""Parts that several records share."""

from helpers.core.records.base import Number, Part


class Cost(Part):
    """What training and predicting took; only what was measured is given.

    ``latency_*``, ``real_time_factor`` and ``audio_seconds`` belong to speech recognition.
    """

    fit_seconds: Number = None
    pretrain_seconds: Number = None  # of the study's own backbone, once for all who use it
    predict_seconds: Number = None
    items_per_second: Number = None
    parameters: int | None = None
    gflops: Number = None
    peak_memory_mb: Number = None
    threads: int | None = None
    engine: str | None = None
    device: str | None = None
    latency_p50_ms: Number = None
    latency_p95_ms: Number = None
    real_time_factor: Number = None
    audio_seconds: Number = None


class Result(Part):
    """A number with its 95 % interval, null where undefined; ``method`` names how it was made."""

    value: Number
    low: Number
    high: Number
    method: str = ""
    note: str = ""
