"""Plain baselines: whoever does not beat them has learnt nothing that needs a network."""

from helpers.baselines import words
from helpers.baselines.baseline import Baseline
from helpers.baselines.log_mel import log_mel
from helpers.baselines.majority import majority
from helpers.baselines.pixels import pixels, pixels_svm, small

__all__ = ["FITS", "Baseline", "small"]

FITS = {
    "majority": majority,
    "pixels": pixels,
    "pixels-svm": pixels_svm,
    "tfidf-logistic": words.logistic,
    "tfidf-svm": words.svm,
    "log-mel": log_mel,
}
"""Each baseline: a dataset, two sides, the primary metric and options to a ``Baseline``."""
