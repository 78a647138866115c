"""How much worse a candidate gets beyond its test items: on changed ones, on other sources."""

import numpy as np
import pandas as pd

from helpers import paths, predictions
from helpers.metrics.classification import estimate


def by_noise(
    study: str, candidate: str, primary: str, resamples: int = 2000, seed: int = 42
) -> pd.DataFrame:
    """Score the changed items at each severity, beside the same items unchanged (severity 0).

    Returns
    -------
    DataFrame
        noise, severity, n, value, low, high, method; no row where nothing was changed.
    """
    columns = ["noise", "severity", "n", "metric", "value", "low", "high", "method"]
    file = paths.build(study, candidate) / "robustness.parquet"
    if not file.is_file():
        return pd.DataFrame(columns=columns)
    table, plain = pd.read_parquet(file), predictions.read(study, candidate)
    at = pd.Index(plain.items["id"])
    rows = []
    for noise, own in table.groupby("noise", sort=False):
        first = at.get_indexer(own["id"].drop_duplicates())
        for level, part in [(0.0, None), *own.groupby("severity")]:
            here = first if part is None else at.get_indexer(part["id"])
            codes, scores = _said(plain, here, part)
            groups = None if plain.groups is None else plain.groups[here]
            found = estimate(primary, plain.labels[here], codes, scores, resamples, seed, groups)
            row = {"noise": noise, "severity": level, "n": len(here), "metric": primary}
            rows.append(row | {name: getattr(found, name) for name in columns[4:]})
    return pd.DataFrame(rows, columns=columns)


def noise_words(curve: pd.DataFrame) -> str:
    """Say what the worst noise costs; empty where nothing was changed."""
    if not len(curve):
        return ""
    ends = curve.sort_values("severity").groupby("noise").agg(["first", "last"])["value"]
    worst = (ends["last"] - ends["first"]).abs().idxmax()
    metric, severity = curve["metric"].iloc[0], curve["severity"].max()
    before, after = ends.loc[worst, ["first", "last"]]
    return (
        f"Of the noises, {worst} costs most: {metric} goes from {before:.3f} to {after:.3f} at "
        f"severity {severity:g}, on {curve['n'].iloc[0]} test items."
    )


def by_source(
    study: str, candidate: str, primary: str, resamples: int = 2000, seed: int = 42
) -> pd.DataFrame:
    """Score every pair of sources: trained on one, tested on the other.

    Returns
    -------
    DataFrame
        trained_on, tested_on, n, metric, value, low, high, method; no row without other sources.
    """
    columns = ["trained_on", "tested_on", "n", "metric", "value", "low", "high", "method"]
    file = paths.build(study, candidate) / "shift.parquet"
    if not file.is_file():
        return pd.DataFrame(columns=columns)
    rows = []
    table = pd.read_parquet(file)
    classes = predictions.read(study, candidate).classes
    codes = {name: code for code, name in enumerate(classes)}
    for (trained, tested), part in table.groupby(["trained_on", "tested_on"], sort=False):
        scores = part[[f"score:{name}" for name in classes]].to_numpy(float)
        groups = part["group"].to_numpy(str) if part["group"].notna().all() else None
        labels, said = (part[name].map(codes).to_numpy() for name in ("label", "prediction"))
        found = estimate(primary, labels, said, scores, resamples, seed, groups)
        row = {"trained_on": trained, "tested_on": tested, "n": len(part), "metric": primary}
        rows.append(row | {name: getattr(found, name) for name in columns[4:]})
    return pd.DataFrame(rows, columns=columns)


def source_words(matrix: pd.DataFrame) -> str:
    """Say where the study's own fit does best and worst; empty where there are no other sources."""
    if not len(matrix):
        return ""
    own = matrix[matrix["trained_on"] == matrix["trained_on"].iloc[0]]
    home, away = own.iloc[0], own.iloc[1:].sort_values("value", kind="stable")
    first, last = away.iloc[0], away.iloc[-1]
    return (
        f"At home its {home['metric']} is {home['value']:.3f}; on other sources, trained at home, "
        f"{first['value']:.3f} ({first['tested_on']}) to {last['value']:.3f} ({last['tested_on']})."
    )


def _said(
    plain: predictions.Predictions, here: np.ndarray, part: pd.DataFrame | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return codes and scores: of unchanged items by their places, or of a part of the table."""
    if part is None:
        return plain.predictions[here], plain.scores[here]
    scores = part[[f"score:{name}" for name in plain.classes]].to_numpy(float)
    return scores.argmax(axis=1), scores
