"""A recogniser's error rate under noise, on the same utterances."""

import numpy as np
import pandas as pd

from helpers.evaluation import transcripts
from helpers.evaluation.transcripts import Transcripts
from helpers.metrics import word_error_intervals
from helpers.metrics.statistics.bootstrap import Resampling

COLUMNS = ["condition", "kind", "strength", "n", "value", "low", "high", "method"]


def rates(
    data: Transcripts, primary: str, normalisation: str, resampling: Resampling
) -> pd.DataFrame:
    """Estimate the rate in each condition, after that of the same utterances as recorded."""
    if not len(data.conditions):
        return pd.DataFrame(columns=COLUMNS)
    speech = data.speech.set_index("id")
    languages, positions = speech.get("language"), pd.Series(np.arange(len(speech)), speech.index)
    recorded = speech.loc[data.conditions["id"].unique()].reset_index()
    parts = [(("as recorded", "", np.inf), recorded)]
    parts += list(data.conditions.groupby(COLUMNS[:3], sort=False))
    rows = []
    for condition, table in parts:
        if "language" not in table.columns and languages is not None:
            table = table.assign(language=languages.loc[table["id"]].to_numpy())
        part = resampling.part(positions.loc[table["id"]].to_numpy())
        edits = transcripts.count(table, normalisation)
        rate = word_error_intervals.estimates(edits, part)[primary]
        row = dict(zip(COLUMNS, [*condition, len(table)], strict=False))
        rows.append(row | {name: getattr(rate, name) for name in COLUMNS[4:]})
    return pd.DataFrame(rows, columns=COLUMNS)
