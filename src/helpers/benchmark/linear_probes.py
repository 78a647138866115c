"""Our paths of linear probes beside scikit-learn's, on the same penalties and items."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegressionCV, RidgeClassifierCV
from sklearn.metrics import accuracy_score

from helpers.benchmark import timing
from helpers.config.options import ProbeOptions
from helpers.data import preparation
from helpers.data.dataset import Dataset
from helpers.models import features
from helpers.selection.transferability import ridge
from helpers.training import linear_probe
from helpers.training.labelled_splits import LabelledSplits, labelled_splits

RIDGE = ("our ridge path", "RidgeClassifierCV")
LOGISTIC = ("our logistic path", "LogisticRegressionCV")
PAIRS = (RIDGE, LOGISTIC)


@dataclass(frozen=True)
class Material:
    """Frozen features float32 [N, D], with the labels and the positions of the splits."""

    values: np.ndarray
    splits: LabelledSplits


def load(model: str, source: str, count: int | None = None) -> Material:
    """Return features of at most ``count`` images of a source, train and validation only."""
    made = preparation.prepare(source, limit=count)
    data = Dataset("bench", made.frame, tuple(made.classes), made.digest, made.items)
    return Material(features.extract(data, model).values, labelled_splits(data, "accuracy"))


def compare(material: Material, rounds: int) -> tuple[pd.DataFrame, pd.Series]:
    """Time each way to choose and fit a probe; also return the accuracy of each on validation."""
    predictions: dict[str, np.ndarray] = {}

    def run(name: str) -> None:
        predictions[name] = WAYS[name](material)

    times = timing.interleaved({name: partial(run, name) for name in WAYS}, rounds)
    actual = material.splits.labels[material.splits.validation]
    return times, pd.Series({name: accuracy_score(actual, predictions[name]) for name in WAYS})


def sentences(times: pd.DataFrame, accuracy: pd.Series) -> list[str]:
    """Give the speed-up of each of our paths, with both accuracies."""
    medians = times.groupby("way")["seconds"].median()
    return [
        f"{ours[0].upper()}{ours[1:]} takes {medians[ours]:.2f} s, {theirs} {medians[theirs]:.2f} "
        f"s: {medians[theirs] / medians[ours]:.1f} times as fast at accuracy "
        f"{accuracy[ours]:.4f} and {accuracy[theirs]:.4f}."
        for ours, theirs in PAIRS
    ]


def _our_ridge(m: Material) -> np.ndarray:
    """Choose by leave-one-out on train."""
    fitted = ridge.fit(m.values[m.splits.train], m.splits.labels[m.splits.train], m.splits.classes)
    return fitted.values(m.values[m.splits.validation]).argmax(axis=1)


def _their_ridge(m: Material) -> np.ndarray:
    train, validation = _standard(m)
    model = RidgeClassifierCV(alphas=ridge.PENALTIES).fit(train, m.splits.labels[m.splits.train])
    return model.predict(validation)


def _our_logistic(m: Material) -> np.ndarray:
    """Choose on validation and refit on both, as a study's probe does."""
    probe = linear_probe.fit(m.values, m.splits, ProbeOptions().regularisation)
    return probe.trained.scores(m.values[m.splits.validation]).argmax(axis=1)


def _their_logistic(m: Material) -> np.ndarray:
    """Choose on the same validation items; the refit on both is part of the time."""
    values = np.concatenate(_standard(m)).astype(np.float32)
    folds = [(np.arange(len(m.splits.train)), np.arange(len(m.splits.train), len(values)))]
    settings = {"Cs": list(ProbeOptions().regularisation), "max_iter": linear_probe.ITERATIONS}
    settings |= {"scoring": "accuracy", "l1_ratios": (0,), "use_legacy_attributes": True}
    model = LogisticRegressionCV(cv=folds, **settings).fit(values, m.splits.labels[m.splits.both])
    best = int(next(iter(model.scores_.values()))[0].ravel().argmax())
    weights = np.stack([path[0, best].ravel() for path in model.coefs_paths_.values()])
    logits = values[len(m.splits.train) :] @ weights[:, :-1].T + weights[:, -1]
    return logits.argmax(axis=1) if len(weights) > 1 else (logits[:, 0] > 0).astype(int)


# each way: from the material to a chosen probe's predictions of validation
WAYS: dict[str, Callable[[Material], np.ndarray]] = {
    RIDGE[0]: _our_ridge,
    RIDGE[1]: _their_ridge,
    LOGISTIC[0]: _our_logistic,
    LOGISTIC[1]: _their_logistic,
}


def _standard(m: Material) -> tuple[np.ndarray, np.ndarray]:
    """Standardise both splits by train, as the probes do."""
    train = m.values[m.splits.train].astype(np.float64)
    mean, scale = train.mean(axis=0), ridge._spread(train)
    return (train - mean) / scale, (m.values[m.splits.validation] - mean) / scale
