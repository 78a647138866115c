"""Which way a metric is better, for whoever orders or draws; no metric is computed here."""

LOWER_IS_BETTER = (
    "log-loss",
    "brier-score",
    "expected-calibration-error",
    "aurc",
    "excess-aurc",
    "word-error-rate",
    "character-error-rate",
    "match-error-rate",
    "word-information-lost",
)
