"""A rate as noise grows, on the same utterances."""

import numpy as np
import pandas as pd

from helpers.evaluation import transcripts
from helpers.evaluation.transcripts import Transcripts
from helpers.metrics import word_error_intervals
from helpers.metrics.statistics.bootstrap import Resampling


def rates(
    data: Transcripts, primary: str, normalisation: str, resampling: Resampling
) -> pd.DataFrame:
    """Estimate the rate at each condition, and of the same utterances as they were recorded."""
    columns = ["condition", "kind", "strength", "n", "value", "low", "high", "method"]
    if not len(data.conditions):
        return pd.DataFrame(columns=columns)
    known = data.speech.set_index("id")
    rows, languages = [], known.get("language")
    positions = pd.Series(np.arange(len(known)), known.index)
    parts = [(("as recorded", "", np.inf), known.loc[data.conditions["id"].unique()].reset_index())]
    keys = ["condition", "kind", "strength"]
    parts += list(data.conditions.groupby(keys, sort=False))
    for (condition, kind, strength), table in parts:
        if "language" not in table.columns and languages is not None:
            table = table.assign(language=languages.loc[table["id"]].to_numpy())
        part = resampling.part(positions.loc[table["id"]].to_numpy())
        counted = transcripts.count(table, normalisation)
        found = word_error_intervals.estimates(counted, part)[primary]
        row = {"condition": condition, "kind": kind, "strength": strength, "n": len(table)}
        rows.append(row | {name: getattr(found, name) for name in columns[4:]})
    return pd.DataFrame(rows, columns=columns)
