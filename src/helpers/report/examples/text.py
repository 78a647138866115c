"""Texts in a notebook: their beginnings in a table, and how long they are."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.data.text.decoding import beginning
from helpers.report import figures, tables


def show(texts: Sequence[str], captions: Sequence[str], alt: str, columns: int | None) -> None:
    """Show the beginning of each text, escaped, beside its caption."""
    rows = {"label": list(captions), "text": [beginning(text) for text in texts]}
    tables.show(pd.DataFrame(rows), alt)


def show_measures(words: np.ndarray) -> None:
    """Show how many words texts have [N]."""
    figures.show(
        figures.text_lengths(words, "words"),
        f"Length of a text: {words.min()} to {words.max()} words, median {np.median(words):,.0f}",
    )
