"""How much worse a candidate gets on corrupted test items."""

from dataclasses import asdict, replace

import pandas as pd

from helpers.core import columns, paths
from helpers.core.formatting import counted, names
from helpers.evaluation import predictions
from helpers.evaluation.evaluation import USUAL
from helpers.metrics.classification import estimate
from helpers.metrics.names import metric_name
from helpers.metrics.registry import lower_is_better
from helpers.metrics.statistics.bootstrap import Resampling

FIELDS = ["noise", "severity", "n", "changed", "metric", "value", "low", "high", "method"]
LEAST = 0.0005  # loss that three decimals show


def by_corruption(
    study: str, candidate: str, primary: str, resampling: Resampling = USUAL
) -> pd.DataFrame:
    """Score the corrupted items at each severity, after the same items uncorrupted (severity 0).

    ``changed`` counts the predictions that differ from those of the uncorrupted items.
    """
    file = paths.build(study, candidate) / "robustness.parquet"
    if not file.is_file():
        return pd.DataFrame(columns=FIELDS)
    table, clean = pd.read_parquet(file), predictions.read(study, candidate)
    resampling = replace(resampling, groups=clean.groups)
    ids, rows = pd.Index(clean.items["id"]), []

    for noise, corrupted in table.groupby("noise", sort=False):
        same = ids.get_indexer(corrupted["id"].drop_duplicates())
        scores = None if clean.scores is None else clean.scores[same]
        parts = [(0.0, same, clean.predictions[same], scores)]
        for severity, part in corrupted.groupby("severity"):
            scores = part[columns.scores(clean.classes)].to_numpy(float)
            parts.append((severity, ids.get_indexer(part["id"]), scores.argmax(axis=1), scores))
        for severity, positions, codes, scores in parts:
            answers = clean.labels[positions], codes, scores
            value = estimate(primary, *answers, resampling.part(positions), len(clean.classes))
            changed = int((codes != clean.predictions[positions]).sum())
            row = {"noise": noise, "severity": severity, "n": len(positions), "changed": changed}
            rows.append({**row, "metric": primary, **asdict(value)})
    return pd.DataFrame(rows, columns=FIELDS)


def sentence(curve: pd.DataFrame) -> str:
    """Say what the worst corruption costs, and which change no prediction; empty without any."""
    defined = curve.dropna(subset=["value"])
    if not len(defined):
        return ""
    unmoved = curve.groupby("noise", sort=False)["changed"].max() == 0
    if unmoved.all():
        items = counted(int(curve["n"].iloc[0]), "test item")
        return f"No corruption changes any of its predictions for {items}."
    rows = defined.sort_values("severity").groupby("noise")
    first, last = rows.nth(0).set_index("noise"), rows.nth(-1).set_index("noise")
    sign = -1 if lower_is_better(curve["metric"].iloc[0]) else 1
    loss = sign * (first["value"] - last["value"])
    text = _worst(first.loc[loss.idxmax()], last.loc[loss.idxmax()], loss.max())
    harmless = names(unmoved.index[unmoved].tolist()) if unmoved.any() else ""
    return f"{text} None of its predictions change under {harmless}." if harmless else text


def _worst(clean: pd.Series, corrupted: pd.Series, loss: float) -> str:
    metric, items = metric_name(clean["metric"]), counted(clean["n"], "test item")
    if loss < LEAST:
        return f"No corruption makes {metric} measurably worse, on {items}."
    before, after = (
        f"{row['value']:.3f} [{row['low']:.3f}, {row['high']:.3f}]" for row in (clean, corrupted)
    )
    return (
        f"The most harmful corruption is {corrupted.name}: {metric} goes from {before} to {after} "
        f"at severity {corrupted['severity']:g}, on {items}."
    )
