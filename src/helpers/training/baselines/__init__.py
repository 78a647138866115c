"""Plain baselines: whoever does not beat them has learnt nothing that needs a network."""

from helpers.training.baselines import tfidf
from helpers.training.baselines.base import Baseline
from helpers.training.baselines.log_mel import log_mel
from helpers.training.baselines.majority import majority
from helpers.training.baselines.pixels import pixels, pixels_svm, small

__all__ = ["FITS", "Baseline", "small"]

FITS = {
    "majority": majority,
    "pixels": pixels,
    "pixels-svm": pixels_svm,
    "tfidf-logistic": tfidf.logistic,
    "tfidf-svm": tfidf.svm,
    "log-mel": log_mel,
}
"""Each baseline: a dataset, two sides, the primary metric and options to a ``Baseline``."""
