"""Which recordings cannot be transcribed, and why."""

import pandas as pd

from helpers.core.errors import UserError
from helpers.data.items import NO_SPEECH, Items
from helpers.data.speech import normalisation


def transcribed(items: Items, reason: pd.Series) -> pd.Series:
    """Mark speech without a transcript as unusable; raises UserError if nothing else is left."""
    silent = items.frame["label"] == NO_SPEECH
    blank = items.frame["reference"].fillna("").map(normalisation.plain) == ""
    reason[(reason == "") & blank & ~silent] = "no transcript"
    if not ((reason == "") & ~silent).any():
        raise UserError(f"{items.name}: no utterance with a transcript is left")
    return reason


def transcripts(items: Items) -> pd.Series:
    """Return what duplicates must agree on: the words, or that there are none."""
    frame = items.frame
    silent = frame["label"].where(frame["label"] == NO_SPEECH)
    words = frame["reference"].fillna("").map(normalisation.plain)
    return words.where(words != "", silent)
