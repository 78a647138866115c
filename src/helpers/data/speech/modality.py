"""Recordings of speech, to be written down: as ``audio``, with a transcript in place of a class."""

from helpers.config import options
from helpers.data.audio.modality import (  # noqa: F401 (as for audio)
    MEASURES,
    NOISE_MODULES,
    NOISES,
    SAME,
    SUFFIXES,
    as_seen,
    decode,
    show,
    show_measures,
    survey,
)

ONE, MANY = "utterance", "utterances"
LABEL = "transcript"
"""What an item comes with."""
KEPT = ("reference", "language", "accent", "category", "sound", "speaker")
"""Columns of the source that later stages need, where it has them."""
SOURCES = ("table",)
BASELINES = {
    "empty-transcript": options.MajorityOptions,
    "frequent-transcript": options.MajorityOptions,
}
OPTIONS = {"zeroshot": options.RecogniserOptions, "predictions": options.PredictionsOptions}
NOT_CHECKED = ("D203", "D204", "D205", "D404", "D405", "D406", "D407")
"""Checks of classes, which a transcript is not, and of what is trained, which nothing is."""
NOTEBOOKS = {"2-train": "2-train-speech", "3-evaluate": "3-evaluate-speech"}
"""Notebooks that tell the story of recognition in place of the shared ones."""
