"""Predictions for the test items of other sources of the same classes."""

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.data import other_sources
from helpers.data.copies import groups
from helpers.data.dataset import Dataset
from helpers.data.prediction_table import with_scores
from helpers.training import fit
from helpers.training.fit import TrainedCandidate
from helpers.training.labelled_splits import positions
from helpers.training.results import TrainingResult

REFITTED = ("baseline", "probe")  # cheap enough to be fitted on every source, not only tested


def predict(trained: TrainedCandidate) -> pd.DataFrame:
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
