"""Error rates by language, of words and of characters, and for which voices they hold."""

from dataclasses import replace

import pandas as pd
from numpy.typing import NDArray

from helpers.core.formatting import names
from helpers.data import copies
from helpers.data.speech import languages
from helpers.evaluation.transcripts import Transcripts
from helpers.metrics import word_error_intervals
from helpers.metrics.statistics.bootstrap import ENOUGH_GROUPS, Resampling

RATES = {"wer": "word-error-rate", "cer": "character-error-rate"}
SOURCE = "source"


def rates(data: Transcripts, table: NDArray, resampling: Resampling) -> pd.DataFrame:
    """Estimate both rates in each language, and source if the data names several.

    With enough speakers in it these are resampled, otherwise utterances, copies together: its
    intervals hold for other utterances of its voices then. Empty where there is one language.
    """
    speech, rows = data.speech.reset_index(drop=True), []
    speech["language"] = speech["language"].fillna("").astype(str).map(languages.variety)
    keys = ["language", *([SOURCE] if _sources(speech) > 1 else [])]
    for key, part in speech.groupby(keys, sort=True):
        voices = int(part["speaker"].nunique()) if "speaker" in part else 0
        enough = voices >= ENOUGH_GROUPS
        tied = copies.groups(part, "speaker" if enough else copies.COLUMN)
        found = word_error_intervals.estimates(table[part.index], replace(resampling, groups=tied))
        row = {
            "language": languages.name(key[0]) or "unknown",
            SOURCE: "".join(key[1:]),
            "voices": voices,
        }
        for kind, metric in RATES.items():
            rate = found[metric]
            row |= {kind: rate.value, f"{kind}_low": rate.low, f"{kind}_high": rate.high}
        held = "this voice alone" if voices == 1 else f"these {voices} voices alone"
        row["holds_for"] = "other voices" if enough else held if voices else "unknown voices"
        rows.append(row | {"n": len(part)})
    columns = ["language", SOURCE, "voices", "n", *_columns(), "holds_for"]
    return pd.DataFrame(rows if len(rows) > 1 else [], columns=columns)


def caution(data: Transcripts) -> list[str]:
    """Say that rates by language are of few voices, where no language has enough of them."""
    speech = data.speech
    if "speaker" not in speech or speech["language"].map(languages.code).nunique() < 2:
        return []
    spoken = speech["language"].map(languages.code).map(languages.name)
    voices = speech["speaker"].groupby(spoken).nunique()
    few = voices[voices < ENOUGH_GROUPS]
    alone = few[few == 1].index.tolist()
    if not len(few):
        return []
    by = f"{names(alone, 12)} by one voice" if alone else f"none by more than {few.max()} voices"
    return [
        f"Of {len(voices)} languages {len(few)} have fewer than {ENOUGH_GROUPS} voices ({by}): "
        "their rates are of these voices, nothing is said of others, and what differs between "
        "languages may be the voice."
    ]


def _columns() -> list[str]:
    return [f"{kind}{end}" for kind in RATES for end in ("", "_low", "_high")]


def _sources(speech: pd.DataFrame) -> int:
    return int(speech[SOURCE].nunique()) if SOURCE in speech else 0
