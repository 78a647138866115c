"""How much worse a candidate gets on corrupted test items."""

from dataclasses import replace

import pandas as pd
from numpy.typing import NDArray

from helpers.core import columns, paths
from helpers.core.formatting import counted, names
from helpers.evaluation import predictions
from helpers.evaluation.evaluation import USUAL
from helpers.metrics.classification import estimate
from helpers.metrics.names import metric_name
from helpers.metrics.registry import lower_is_better
from helpers.metrics.statistics.bootstrap import Resampling

FIELDS = ["noise", "severity", "n", "changed", "metric", "value", "low", "high", "method"]
LEAST = 0.0005
"""Loss that three decimals show."""


def by_corruption(
    study: str, candidate: str, primary: str, resampling: Resampling = USUAL
) -> pd.DataFrame:
    """Score the corrupted items at each severity, after the same items uncorrupted (severity 0).

    Returns
    -------
    DataFrame
        noise, severity, n, changed (predictions that differ from those of the uncorrupted items),
        metric, value, low, high, method; no row where nothing was corrupted.
    """
    file = paths.build(study, candidate) / "robustness.parquet"
    if not file.is_file():
        return pd.DataFrame(columns=FIELDS)
    table, clean = pd.read_parquet(file), predictions.read(study, candidate)
    resampling = replace(resampling, groups=clean.groups)
    ids, rows = pd.Index(clean.items["id"]), []

    def score(positions: NDArray, codes: NDArray, scores: NDArray | None) -> dict[str, object]:
        labels, part = clean.labels[positions], resampling.part(positions)
        value = estimate(primary, labels, codes, scores, part, len(clean.classes))
        changed = int((codes != clean.predictions[positions]).sum())
        row: dict[str, object] = {"n": len(positions), "changed": changed, "metric": primary}
        return row | {name: getattr(value, name) for name in FIELDS[5:]}

    for noise, corrupted in table.groupby("noise", sort=False):
        same = ids.get_indexer(corrupted["id"].drop_duplicates())
        scores = None if clean.scores is None else clean.scores[same]
        before = {"noise": noise, "severity": 0.0}
        rows.append(before | score(same, clean.predictions[same], scores))
        for severity, part in corrupted.groupby("severity"):
            scores = part[columns.scores(clean.classes)].to_numpy(float)
            positions = ids.get_indexer(part["id"])
            after = {"noise": noise, "severity": severity}
            rows.append(after | score(positions, scores.argmax(axis=1), scores))
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
    """Compare the corruption that costs most, at its strongest, with the uncorrupted items."""
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
