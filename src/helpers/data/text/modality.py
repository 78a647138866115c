"""Texts: str, with line ends and Unicode composition made alike."""

from collections.abc import Sequence
from typing import Any

from helpers.config import options
from helpers.data.text import corruptions

ONE, MANY = "text", "texts"
SAME = "equal characters"
"""What exact copies have in common, but for case and spacing."""
SUFFIXES = (".txt", ".text", ".md", ".eml")
"""Files that a folder of items is made of."""
MEASURES = ("words",)
"""Facts of the survey that results may be sliced by."""
SOURCES = ("folder", "table", "tfds", "hf")
BASELINES = {
    "majority": options.MajorityOptions,
    "tfidf-logistic": options.WordsOptions,
    "tfidf-svm": options.WordsSvmOptions,
}
OPTIONS = {
    "probe": options.TextProbeOptions,
    "finetune": options.TextFinetuneOptions,
    "scratch": options.TextScratchOptions,
    "predictions": options.PredictionsOptions,
}
NOISES = {"casing": corruptions.casing, "typos": corruptions.typos, "dropped": corruptions.dropped}
"""Each kind of noise that robustness is measured by: an item, a severity and a generator to one."""
NOISE_MODULES = ("helpers.data.text.corruptions",)
"""The code that decides what noise does."""


def decode(raw: Any) -> str:
    """Decode a text; raises ``raw.Unreadable``."""
    from helpers.data.text import decoding

    return decoding.decode(raw)


def survey(items: Any) -> Any:
    """Look at every text once."""
    from helpers.data.surveys import text

    return text.survey(items)


def show(texts: Sequence[str], captions: Sequence[str], alt: str, columns: int | None) -> None:
    """Show the beginnings of texts in a table, escaped."""
    import pandas as pd

    from helpers.data.text.decoding import beginning
    from helpers.report import tables

    rows = {"label": list(captions), "text": [beginning(text) for text in texts]}
    tables.show(pd.DataFrame(rows), alt)


def show_measures(survey: Any) -> None:
    """Show how long the texts are."""
    from helpers.report import figures

    words = survey.words[survey.reason == ""]
    figures.show(
        figures.lengths(words, "words"),
        f"Lengths: {words.min()} to {words.max()} words, half of the texts have up to "
        f"{int(sorted(words)[len(words) // 2])}",
    )


def as_seen(text: str, fitted: Any) -> str:
    """Cut a text where the fitted model stops reading."""
    from helpers import models

    if not (size := fitted.backbone.get("max_tokens")):
        return text
    return models.describe(fitted.resolved_model, None, size, modality="text").shorten(text)
