"""Harder tests: corrupted test items and the test items of other sources, each predicted once."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from helpers.core import files, paths
from helpers.core.formatting import counted
from helpers.data import other_sources
from helpers.data.copies import groups
from helpers.data.dataset import Dataset
from helpers.data.prediction_table import with_scores
from helpers.training import fit, robustness
from helpers.training.fit import TrainedCandidate
from helpers.training.labelled_splits import positions
from helpers.training.results import TrainingResult

REFITTED = ("baseline", "probe")  # cheap enough to be fitted on every source, not only tested


def predict(trained: TrainedCandidate, plan: dict[str, Any] | None) -> list[str]:
    """Predict what a study asks for beside its test items, write it, and say what was predicted.

    ``plan`` has the corruptions: see ``robustness.corrupted``. Predictions from a file cannot be
    extended: nothing is predicted then.
    """
    result, dataset = trained.result, trained.request.dataset
    corrupted = crossed = None
    if isinstance(result, TrainingResult):
        if plan:
            corrupted = robustness.predict(result.scores, dataset, plan, trained.request.seed)
        if other_sources.others(dataset.study):
            crossed = across_sources(trained)
    folder = paths.build(trained.study, trained.name)
    files.write_parquet_or_remove(folder / "robustness.parquet", corrupted)
    files.write_parquet_or_remove(folder / "shift.parquet", crossed)
    lines, many = [], dataset.items.modality.MANY
    if corrupted is not None:
        kinds = ", ".join(corrupted["noise"].unique())
        lines.append(f"{len(corrupted):,} corrupted {many} were predicted once ({kinds}).")
    if crossed is not None:
        fits = counted(crossed["trained_on"].nunique(), "fit")
        sources = crossed["tested_on"].nunique()
        lines.append(f"The test {many} of {sources} sources were predicted once by each of {fits}.")
    return lines


def across_sources(trained: TrainedCandidate) -> pd.DataFrame:
    """Predict every source's test set with models trained on the study's data and on each source.

    Returns trained_on, tested_on, id, label, group, prediction and ``score:<class>``.
    """
    request = trained.request
    sources = {trained.study: request.dataset, **other_sources.others(trained.study)}
    fits = {trained.study: trained}
    if trained.adaptation in REFITTED:
        for name, source in sources.items():
            if name != trained.study:
                on_source = replace(request, dataset=source, threads=trained.threads)
                fits[name] = fit.fit(on_source, trained.name, trained.adaptation)
    parts = [
        _tested(model, source).assign(trained_on=trained_on, tested_on=tested_on)
        for trained_on, model in fits.items()
        for tested_on, source in sources.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _tested(trained: TrainedCandidate, source: Dataset) -> pd.DataFrame:
    assert isinstance(trained.result, TrainingResult)
    rows = positions(source, "test")
    if trained.study == source.study:
        scores = trained.result.scores(source, rows)
    else:  # of another source, features of the test items alone are needed
        scores = trained.result.scores(source.take(rows), np.arange(len(rows)))
    items = source.frame[["id", "label"]].iloc[rows].reset_index(drop=True)
    items["group"] = groups(source.frame.iloc[rows])
    return with_scores(items, scores, source.classes)
