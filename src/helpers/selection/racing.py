"""A study's race: probes on growing shares of train predict growing shares of validation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from helpers.data.dataset import Dataset
from helpers.models import features
from helpers.models.features import Features
from helpers.selection import successive_elimination
from helpers.selection.scoring import ProbeCandidate
from helpers.selection.successive_elimination import Race
from helpers.selection.transferability import ridge
from helpers.training.labelled_splits import LabelledSplits, labelled_splits

# a candidate's name and positions to the features of these items, float [n, D]
Read = Callable[[str, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class SelectionPlan:
    """How a study selects.

    ``finalists`` candidates are fine-tuned for ``epochs`` epochs each, which is estimated here.
    With ``race``, candidates drop out before all their features are computed; ``seed`` draws the
    race's order of items. ``primary`` is the metric on validation.
    """

    finalists: int
    epochs: int
    race: bool
    primary: str
    seed: int
    threads: int | None = None


class PartialFeatures:
    """A candidate's features, computed for no more items than were asked for."""

    def __init__(self, candidate: ProbeCandidate, dataset: Dataset, threads: int | None) -> None:
        self.candidate, self.dataset, self.threads = candidate, dataset, threads
        self.parts: list[Features] = []
        self.rows = np.empty(0, np.int64)

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return the features of these items; those still missing are computed."""
        missing = np.setdiff1d(rows, self.rows)
        if len(missing):
            part = self.candidate.features(self.dataset.take(missing), self.threads)
            self.parts.append(part)
            self.rows = np.concatenate([self.rows, missing])
        position = np.empty(len(self.dataset.frame), np.int64)
        position[self.rows] = np.arange(len(self.rows))
        return np.concatenate([part.values for part in self.parts])[position[rows]]

    @property
    def computed(self) -> Features:
        """What was computed, part after part."""
        values = np.concatenate([part.values for part in self.parts])
        seconds = sum(part.seconds for part in self.parts)
        return Features(values, seconds, False, self.parts[0].backbone)

    def complete(self) -> None:
        """Compute the rest, and cache all of it as if it had been computed at once."""
        values, c = self.read(np.arange(len(self.dataset.frame))), self.candidate
        whole = replace(self.computed, values=values)
        features.keep(whole, self.dataset, c.model, c.weights, c.size, c.seed)


def run(
    dataset: Dataset, candidates: Sequence[ProbeCandidate], plan: SelectionPlan
) -> tuple[Race, dict[str, Features]]:
    """Race candidates, or replay their race on complete features; the test split is not used.

    Returns the race, and what was computed for it: all features, or those before a candidate was
    dropped; nothing where it is replayed.
    """
    splits = labelled_splits(dataset, plan.primary)
    if not plan.race:
        values = {c.candidate: c.features(dataset, plan.threads).values for c in candidates}
        return _race(splits, list(values), lambda name, rows: values[name][rows], plan), {}
    partial = {c.candidate: PartialFeatures(c, dataset, plan.threads) for c in candidates}
    race = _race(splits, list(partial), lambda name, rows: partial[name].read(rows), plan)
    for name in race.left:
        partial[name].complete()
    return race, {name: part.computed for name, part in partial.items()}


def _race(splits: LabelledSplits, names: list[str], read: Read, plan: SelectionPlan) -> Race:
    random, labels = np.random.default_rng(plan.seed), splits.labels
    train, validation = random.permutation(splits.train), random.permutation(splits.validation)

    def predict(name: str, count: int) -> np.ndarray:
        fitted_on = train[: max(2, round(len(train) * count / len(validation)))]
        values = read(name, np.concatenate([fitted_on, validation[:count]]))
        probe = ridge.fit(values[: len(fitted_on)], labels[fitted_on], splits.classes)
        return probe.values(values[len(fitted_on) :]).argmax(axis=1)

    known = labels[validation]
    return successive_elimination.run(names, predict, known, splits.primary, plan.finalists)
