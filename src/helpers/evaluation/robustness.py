"""How much worse a candidate gets on corrupted test items."""

import numpy as np
import pandas as pd

from helpers.core import columns, paths
from helpers.core.formatting import counted, names
from helpers.evaluation import predictions
from helpers.metrics.classification import estimate
from helpers.metrics.names import metric_name
from helpers.metrics.registry import lower_is_better
from helpers.metrics.statistics.bootstrap import Resampling

LEAST = 0.0005
"""Loss that three decimals show."""


def by_noise(
    study: str, candidate: str, primary: str, resamples: int = 2000, seed: int = 42
) -> pd.DataFrame:
    """Score the changed items at each severity, beside the same items unchanged (severity 0).

    Returns
    -------
    DataFrame
        noise, severity, n, changed (answers that differ from the unchanged items'), metric, value,
        low, high, method; no row where nothing was changed.
    """
    fields = ["noise", "severity", "n", "changed", "metric", "value", "low", "high", "method"]
    file = paths.build(study, candidate) / "robustness.parquet"
    if not file.is_file():
        return pd.DataFrame(columns=fields)
    table, plain = pd.read_parquet(file), predictions.read(study, candidate)
    at = pd.Index(plain.items["id"])
    rows = []
    for noise, own in table.groupby("noise", sort=False):
        first = at.get_indexer(own["id"].drop_duplicates())
        for level, part in [(0.0, None), *own.groupby("severity")]:
            here = first if part is None else at.get_indexer(part["id"])
            codes, scores = _said(plain, here, part)
            resampling = Resampling(resamples, seed, plain.groups).part(here)
            found = estimate(primary, plain.labels[here], codes, scores, resampling)
            row = {"noise": noise, "severity": level, "n": len(here), "metric": primary}
            row["changed"] = int((codes != plain.predictions[here]).sum())
            rows.append(row | {name: getattr(found, name) for name in fields[5:]})
    return pd.DataFrame(rows, columns=fields)


def noise_words(curve: pd.DataFrame) -> str:
    """Say what the worst noise costs, and which changes no answer; empty without any to tell."""
    known = curve.dropna(subset=["value"])
    if not len(known):
        return ""
    idle = curve.groupby("noise", sort=False)["changed"].max() == 0
    if idle.all():
        return f"No noise changes any of its answers to {curve['n'].iloc[0]} test items."
    rows = known.sort_values("severity").groupby("noise")
    first, last = rows.nth(0).set_index("noise"), rows.nth(-1).set_index("noise")
    sign = -1 if lower_is_better(curve["metric"].iloc[0]) else 1
    loss = sign * (first["value"] - last["value"])
    said = _worst(first.loc[loss.idxmax()], last.loc[loss.idxmax()], loss.max())
    unmoved = idle.index[idle].tolist()
    return f"{said} It answers the same with {names(unmoved)} as without." if unmoved else said


def _worst(plain: pd.Series, changed: pd.Series, loss: float) -> str:
    """Compare the noise that costs most at its strongest with the same items unchanged."""
    metric, items = metric_name(plain["metric"]), counted(plain["n"], "test item")
    if loss < LEAST:
        return f"None of the noises costs anything measurable in {metric}, on {items}."
    before, after = (
        f"{r['value']:.3f} [{r['low']:.3f}, {r['high']:.3f}]" for r in (plain, changed)
    )
    return (
        f"Of the noises, {changed.name} costs most: {metric} goes from {before} to {after} at "
        f"severity {changed['severity']:g}, on {items}."
    )


def _said(
    plain: predictions.Predictions, here: np.ndarray, part: pd.DataFrame | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return codes and scores: of unchanged items by their places, or of a part of the table."""
    if part is None:
        return plain.predictions[here], plain.scores[here]
    scores = part[columns.scores(plain.classes)].to_numpy(float)
    return scores.argmax(axis=1), scores
