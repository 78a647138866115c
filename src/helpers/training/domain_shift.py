"""Predictions for the test items of other sources of the same classes."""

import numpy as np
import pandas as pd

from helpers.core import columns, files, paths
from helpers.data import other_sources
from helpers.data.dataset import Dataset
from helpers.training import fit

REFITTED = ("baseline", "probe")
"""Ways that are cheap enough to be fitted on every source; others are only tested on each."""


def predict(fitted: fit.Fitted, dataset: Dataset, options: dict, seed: int) -> pd.DataFrame:
    """Say what every source's test items are, by a fit on the study's own and on each other.

    Returns
    -------
    DataFrame
        trained_on, tested_on, id, label, group, prediction and ``score:<class>``.
    """
    known = {dataset.study: dataset, **other_sources.others(dataset.study)}
    fits = {dataset.study: fitted}
    if fitted.adaptation in REFITTED:
        for name, other in known.items():
            if name != dataset.study:
                way = (fitted.candidate, fitted.adaptation, fitted.resolved_model, options)
                fits[name] = fit.fit(other, *way, fitted.primary, seed, fitted.threads)
    parts = []
    for trained, model in fits.items():
        for tested, other in known.items():
            parts.append(_said(model, other).assign(trained_on=trained, tested_on=tested))
    return pd.concat(parts, ignore_index=True)


def _said(model: fit.Fitted, other: Dataset) -> pd.DataFrame:
    """Return what a fit says of a source's test items."""
    rows = np.flatnonzero(other.frame["split"].to_numpy() == "test")
    own = model.study == other.study
    scores = model.scores(rows) if own else model.scores_of(_only(other, rows))
    names = np.array(other.classes, dtype=object)
    table = other.frame[["id", "label"]].iloc[rows].reset_index(drop=True)
    table["group"] = other.frame["group"].iloc[rows].to_numpy() if "group" in other.frame else None
    table["prediction"] = names[scores.argmax(axis=1)]
    table[columns.scores(other.classes)] = scores
    return table


def _only(other: Dataset, rows: np.ndarray) -> Dataset:
    """Return some rows of a data set."""
    frame = other.frame.iloc[rows].reset_index(drop=True)
    return Dataset(other.study, frame, other.classes, other.digest, other.items.take(rows))


def save(study: str, candidate: str, table: pd.DataFrame | None) -> None:
    """Write the candidate's shift.parquet, or remove that of an earlier run."""
    file = paths.build(study, candidate) / "shift.parquet"
    if table is None:
        file.unlink(missing_ok=True)
    else:
        files.write_parquet(file, table)
