"""How much worse a candidate gets on other sources of the same classes."""

from dataclasses import asdict, replace

import pandas as pd

from helpers.core import columns, paths
from helpers.evaluation import predictions
from helpers.evaluation.evaluation import USUAL
from helpers.metrics.classification import estimate
from helpers.metrics.names import metric_name
from helpers.metrics.statistics.bootstrap import Resampling


def by_source(
    study: str, candidate: str, primary: str, resampling: Resampling = USUAL
) -> pd.DataFrame:
    """Score every pair of sources: trained on one, tested on the other; no row without others."""
    fields = ["trained_on", "tested_on", "n", "metric", "value", "low", "high", "method"]
    file = paths.build(study, candidate) / "shift.parquet"
    if not file.is_file():
        return pd.DataFrame(columns=fields)
    rows, table = [], pd.read_parquet(file)
    classes = predictions.read(study, candidate).classes
    codes = {name: code for code, name in enumerate(classes)}
    for (trained, tested), part in table.groupby(["trained_on", "tested_on"], sort=False):
        scores = part[columns.scores(classes)].to_numpy(float)
        groups = part["group"].to_numpy(str) if part["group"].notna().all() else None
        labels, predicted = (part[name].map(codes).to_numpy() for name in ("label", "prediction"))
        by_group = replace(resampling, groups=groups)
        value = estimate(primary, labels, predicted, scores, by_group)
        row = {"trained_on": trained, "tested_on": tested, "n": len(part), "metric": primary}
        rows.append(row | asdict(value))
    return pd.DataFrame(rows, columns=fields)


def sentence(matrix: pd.DataFrame) -> str:
    """Compare the study's own test set with the other sources; empty where there are none."""
    if not len(matrix):
        return ""
    trained_here = matrix[matrix["trained_on"] == matrix["trained_on"].iloc[0]]
    own, others = trained_here.iloc[0], trained_here.iloc[1:].sort_values("value", kind="stable")
    ends = others.iloc[[0, -1]].drop_duplicates("tested_on")
    values = " to ".join(f"{row['value']:.3f} ({row['tested_on']})" for _, row in ends.iterrows())
    name, sources = metric_name(own["metric"]), f"other source{'s' * (len(others) > 1)}"
    name = f"{name[:1].upper()}{name[1:]}"
    return f"{name} is {own['value']:.3f} on its own test set and {values} on the {sources}."
