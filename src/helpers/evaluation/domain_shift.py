"""How much worse a candidate gets on other sources of the same classes."""

import pandas as pd

from helpers.core import columns, paths
from helpers.evaluation import predictions
from helpers.metrics.classification import estimate
from helpers.metrics.names import metric_name
from helpers.metrics.statistics.bootstrap import Resampling


def by_source(
    study: str, candidate: str, primary: str, resamples: int = 2000, seed: int = 42
) -> pd.DataFrame:
    """Score every pair of sources: trained on one, tested on the other.

    Returns
    -------
    DataFrame
        trained_on, tested_on, n, metric, value, low, high, method; no row without other sources.
    """
    fields = ["trained_on", "tested_on", "n", "metric", "value", "low", "high", "method"]
    file = paths.build(study, candidate) / "shift.parquet"
    if not file.is_file():
        return pd.DataFrame(columns=fields)
    rows = []
    table = pd.read_parquet(file)
    classes = predictions.read(study, candidate).classes
    codes = {name: code for code, name in enumerate(classes)}
    for (trained, tested), part in table.groupby(["trained_on", "tested_on"], sort=False):
        scores = part[columns.scores(classes)].to_numpy(float)
        groups = part["group"].to_numpy(str) if part["group"].notna().all() else None
        labels, said = (part[name].map(codes).to_numpy() for name in ("label", "prediction"))
        found = estimate(primary, labels, said, scores, Resampling(resamples, seed, groups))
        row = {"trained_on": trained, "tested_on": tested, "n": len(part), "metric": primary}
        rows.append(row | {name: getattr(found, name) for name in fields[4:]})
    return pd.DataFrame(rows, columns=fields)


def source_words(matrix: pd.DataFrame) -> str:
    """Say where the study's own fit does best and worst; empty where there are no other sources."""
    if not len(matrix):
        return ""
    own = matrix[matrix["trained_on"] == matrix["trained_on"].iloc[0]]
    home, away = own.iloc[0], own.iloc[1:].sort_values("value", kind="stable")
    ends = away.iloc[[0, -1]].drop_duplicates("tested_on").itertuples()
    found = " to ".join(f"{each.value:.3f} ({each.tested_on})" for each in ends)
    name, value = metric_name(home["metric"]), home["value"]
    sources = "other sources" if len(away) > 1 else "the other source"
    return f"At home its {name} is {value:.3f}; on {sources}, trained at home, {found}."
