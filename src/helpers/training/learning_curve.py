"""A candidate's learning curve: fits on growing parts of train and validation, never of test."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from helpers.core import dotted_names, progress
from helpers.core.errors import UserError
from helpers.core.records.training import LearningCurve, Training
from helpers.data import copies
from helpers.metrics import learning_curves
from helpers.metrics.registry import lower_is_better
from helpers.training import adaptations, validation_score
from helpers.training.fit import TrainedCandidate

FOLDS, RESAMPLES = 5, 200
SHARES = 2.0 ** np.arange(-3, 1)  # of the items of the other folds
FEWEST = 200  # items below which there is no curve


def measure(trained: TrainedCandidate, seed: int = 42) -> LearningCurve | None:
    """Score each fold by fits on an eighth to all of the others, and extend the curve.

    The parts are nested, stratified or of whole groups; the regularisation is the one chosen. None
    for what is no probe and no baseline that learns, and would take long or cannot be fitted again.
    """
    request, metric = trained.request, trained.request.primary
    if trained.adaptation not in ("probe", "baseline") or "C" not in trained.result.chosen:
        return None
    rows = np.sort(request.splits.both)
    if request.model.startswith("pretrained:"):
        seen = "its network was pretrained on the items that would score it"
        return LearningCurve(metric=metric, items=len(rows), reason=seen)
    if len(rows) < FEWEST:
        few = f"{len(rows)} items besides the test are too few, {FEWEST} are needed"
        return LearningCurve(metric=metric, items=len(rows), reason=few)
    labels, groups = request.dataset.labels[rows], copies.groups(request.dataset.frame.iloc[rows])
    units = np.arange(len(rows)) if groups is None else pd.factorize(groups)[0]
    random, sizes = np.random.default_rng(seed), np.zeros(len(SHARES))
    scores = np.zeros((len(SHARES), len(rows), request.splits.classes))
    chosen = {"regularisation": [trained.result.chosen["C"]]}
    folds = order(labels, units, random) % FOLDS
    for fold in progress.track(range(FOLDS), "learning curve"):
        held, mixed = np.flatnonzero(folds == fold), order(labels, units, random).argsort()
        rest = mixed[folds[mixed] != fold]
        for step, share in enumerate(SHARES):
            learn = rows[rest[: round(share * len(rest))]]
            sizes[step] += len(learn) / FOLDS
            try:
                scores[step, held] = scores_from(trained, learn, learn[::3], rows[held], chosen)
            except UserError as error:
                return LearningCurve(metric=metric, items=len(rows), reason=str(error))
    values = _resampled(metric, labels, scores, units, random)
    return learning_curves.extended(metric, len(rows), sizes, values)


def save(trained: TrainedCandidate, curve: LearningCurve | None, name: str = "curve") -> None:
    """Add the curve, if there is one, to training.json."""
    if curve:
        record = Training.read(trained.study, trained.name)
        record.model_copy(update={name: curve}).write(trained.study, trained.name)


def _resampled(
    metric: str,
    labels: np.ndarray,
    scores: np.ndarray,
    units: np.ndarray,
    random: np.random.Generator,
) -> np.ndarray:
    """Score parts [S, N, K] by the metric on validation: all units, then resampled, [1 + R, S].

    Training depends on the code of these metrics alone, not on that of tests and intervals.
    """
    ends = np.cumsum(np.bincount(units))
    members = np.split(np.argsort(units, kind="stable"), ends[:-1])
    draws = [np.arange(len(members)), *random.integers(0, len(members), (RESAMPLES, len(members)))]
    rows = [np.concatenate([members[unit] for unit in draw]) for draw in draws]
    score, sign = validation_score.score, -1 if lower_is_better(metric) else 1
    return np.array([[sign * score(metric, labels[r], each[r]) for each in scores] for r in rows])


def order(labels: np.ndarray, units: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Put units in random order, the classes mixed evenly: the place of each item's unit."""
    _, first = np.unique(units, return_index=True)
    of_class = pd.Series(random.random(len(first))).groupby(labels[first])
    even = (of_class.rank() - random.random(len(first))) / of_class.transform("size")
    return np.argsort(np.argsort(even.to_numpy()))[units]


def scores_from(
    trained: TrainedCandidate, learn: np.ndarray, train: np.ndarray, held: np.ndarray, options: Any
) -> np.ndarray:
    """Fit on some rows, ``train`` and others that choose, and score a third part: float [n, K]."""
    request, split = trained.request, np.full(len(trained.request.dataset.frame), "unused", object)
    split[learn], split[train] = "validation", "train"  # a probe's last fit takes both
    part = replace(request.dataset, frame=request.dataset.frame.assign(split=split))
    fitted = dotted_names.load(adaptations.FITS[trained.adaptation])(
        replace(request, dataset=part, options=request.options | options)
    )
    return np.asarray(fitted.scores(part, held))
