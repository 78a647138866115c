"""How good a candidate is with few labels: fits on so many, in repeated draws, on the test."""

from math import ceil
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t

from helpers.core import progress
from helpers.core.records.training import LearningCurve
from helpers.data import copies, folds
from helpers.training.fit import TrainedCandidate
from helpers.training.labelled_splits import positions
from helpers.training.learning_curve import order, scores_from

SLOW, STEPS = 3, 40  # most draws of a network that is trained, and its fewest steps
THINNED = 3  # every third value of a grid is tried


def measure(
    trained: TrainedCandidate, asked: dict[str, Any] | None, seed: int = 42
) -> LearningCurve | None:
    """Fit on ``counts`` of labels in ``draws`` that are nested, stratified, alike for candidates.

    Accuracy on the test items; the interval allows for the luck of both. None if nothing is asked,
    and for predictions made elsewhere.
    """
    request, slow = trained.request, trained.adaptation in folds.TRAINED
    if asked is None or trained.adaptation == "predictions":
        return None
    dataset, pool = request.dataset, np.sort(request.splits.both)
    answers, test, random = dataset.labels, positions(dataset, "test"), np.random.default_rng(seed)
    groups = copies.groups(dataset.frame.iloc[pool])
    units = np.arange(len(pool)) if groups is None else pd.factorize(groups)[0]
    counts = [count for count in asked["counts"] if count <= len(pool)]
    right = np.zeros((min(asked["draws"], SLOW if slow else 100), len(counts)))
    for draw in progress.track(range(len(right)), "draw"):
        mixed = pool[order(answers[pool], units, random).argsort()]
        for place, count in enumerate(counts):
            learn, options = mixed[:count], _options(request.options, count)
            answered = np.full(len(test), answers[learn[0]])
            train = np.delete(learn, np.s_[3::4])
            if len(np.unique(answers[train])) > 1:
                scores = scores_from(trained, learn, train, test, options)
                answered = scores.argmax(axis=1)
            right[draw, place] = (answered == answers[test]).mean()
    mean = right.mean(axis=0)
    items = mean * (1 - mean) / len(test)
    luck = t.ppf(0.975, len(right) - 1) ** 2 * right.var(axis=0, ddof=1) / len(right)
    off = np.sqrt(1.96**2 * items + luck)
    ends = {"low": np.maximum(mean - off, 0), "high": np.minimum(mean + off, 1)}
    found = {name: each.tolist() for name, each in {"values": mean, **ends}.items()}
    return LearningCurve(metric="accuracy", items=len(pool), sizes=counts, **found)


def _options(options: dict[str, Any], count: int) -> dict[str, Any]:
    """Thin the grid, and let a network that sees few labels in an epoch take more epochs."""
    if "epochs" in options:
        least = ceil(STEPS / ceil(count / options["batch_size"]))
        return dict.fromkeys(("epochs", "patience"), max(options["epochs"], least))
    return {name: options[name][::THINNED] for name in options if name == "regularisation"}
