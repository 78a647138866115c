"""How good a candidate is with few labels: fits on so many, in repeated draws, on the test."""

from math import ceil
from typing import Any

import numpy as np
from scipy.stats import t

from helpers.core import progress
from helpers.core.records.training import LearningCurve
from helpers.data import folds
from helpers.training.fit import TrainedCandidate
from helpers.training.labelled_splits import positions
from helpers.training.learning_curve import order, scores_from

DRAWS, SLOW, STEPS = 5, 3, 20  # draws; those of a network that is trained, its fewest steps


def measure(trained: TrainedCandidate, labels: list[int], seed: int = 42) -> LearningCurve | None:
    """Fit on so many labels, in draws that are stratified and alike for all candidates.

    Accuracy on the test items; its interval allows for both. None for predictions made elsewhere.
    """
    request, slow = trained.request, trained.adaptation in folds.TRAINED
    if not labels or trained.adaptation == "predictions":
        return None
    dataset, pool = request.dataset, np.sort(request.splits.both)
    answers, test, random = dataset.labels, positions(dataset, "test"), np.random.default_rng(seed)
    counts = [float(count) for count in labels if count <= len(pool)]
    reason = "" if len(counts) == len(labels) else f"only {len(pool):,} items have labels"
    if not counts:
        return LearningCurve(metric="accuracy", items=len(pool), reason=reason)
    right = np.zeros((SLOW if slow else DRAWS, len(counts)))
    for draw in progress.track(range(len(right)), "draw"):
        mixed = pool[order(answers[pool], np.arange(len(pool)), random).argsort()]
        for place, count in enumerate(counts):
            learn, options = mixed[: int(count)], _options(request.options, count)
            answered = np.full(len(test), answers[learn[0]])
            train = np.delete(learn, np.s_[3::4])
            if len(np.unique(answers[train])) > 1:
                answered = scores_from(trained, learn, train, test, options).argmax(axis=1)
            right[draw, place] = (answered == answers[test]).mean()
    mean = right.mean(axis=0)
    luck = t.ppf(0.975, len(right) - 1) ** 2 * right.var(axis=0, ddof=1) / len(right)
    off = np.sqrt(1.96**2 * mean * (1 - mean) / len(test) + luck)
    ends = {"low": np.maximum(mean - off, 0), "high": np.minimum(mean + off, 1)}
    found = {"sizes": counts, "values": mean, **ends}
    return LearningCurve(metric="accuracy", items=len(pool), reason=reason, **found)


def _options(options: dict[str, Any], count: float) -> dict[str, Any]:
    """Thin the grid, and let a network that sees few labels in an epoch take more epochs."""
    if "epochs" in options:
        least = ceil(STEPS / ceil(count / options["batch_size"]))
        return dict.fromkeys(("epochs", "patience"), max(options["epochs"], least))
    return {name: options[name][::3] for name in options if name == "regularisation"}
