"""A study's race: probes on growing shares of train answer growing shares of validation."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from helpers.data.dataset import Dataset
from helpers.models import features
from helpers.models.features import Features
from helpers.selection import successive_elimination
from helpers.selection.scoring import Contender, known
from helpers.selection.successive_elimination import Race
from helpers.selection.transferability import ridge
from helpers.selection.transferability.methods import Labelled

Read = Callable[[str, np.ndarray], np.ndarray]
"""A contender's name and positions to their features, float [n, D]."""


class Growing:
    """A contender's features, computed for no more items than were asked for."""

    def __init__(self, contender: Contender, dataset: Dataset, threads: int | None) -> None:
        self.contender, self.dataset, self.threads = contender, dataset, threads
        self.parts: list[Features] = []
        self.rows = np.empty(0, np.int64)

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return the features of these items; those not known yet are computed and kept."""
        missing = np.setdiff1d(rows, self.rows)
        if len(missing):
            part = self.contender.features(self.dataset.take(missing), self.threads)
            self.parts.append(part)
            self.rows = np.concatenate([self.rows, missing])
        place = np.empty(len(self.dataset.frame), np.int64)
        place[self.rows] = np.arange(len(self.rows))
        return np.concatenate([part.values for part in self.parts])[place[rows]]

    @property
    def found(self) -> Features:
        """Return what was computed, part after part."""
        values = np.concatenate([part.values for part in self.parts])
        seconds = sum(part.seconds for part in self.parts)
        return Features(values, seconds, False, self.parts[0].backbone)

    def complete(self) -> None:
        """Compute the rest, and keep the whole as if it had been computed at once."""
        values, each = self.read(np.arange(len(self.dataset.frame))), self.contender
        settings = (each.model, each.weights, each.size, each.seed)
        features.keep(replace(self.found, values=values), self.dataset, *settings)


def run(
    dataset: Dataset,
    contenders: Sequence[Contender],
    primary: str,
    keep: int,
    seed: int,
    threads: int | None = None,
) -> tuple[Race, dict[str, Features]]:
    """Race contenders whose features are not known yet; those left have all of theirs after it.

    Parameters
    ----------
    dataset : Dataset
        Nothing of its test side is used for the race.
    contenders : sequence of Contender
    primary : str
        Of the study; the race itself counts right answers, which add up item by item.
    keep : int
        How many to be left with at least.
    seed : int
        Orders the items, for all contenders alike.
    threads : int, optional

    Returns
    -------
    tuple
        The race, and what is known of each contender's features: all, or those before it dropped.
    """
    growing = {each.candidate: Growing(each, dataset, threads) for each in contenders}
    read = lambda name, rows: growing[name].read(rows)  # noqa: E731
    raced = _race(known(dataset, primary), list(growing), read, keep, seed)
    for name in raced.left:
        growing[name].complete()
    return raced, {name: each.found for name, each in growing.items()}


def replay(
    dataset: Dataset,
    contenders: Sequence[Contender],
    primary: str,
    keep: int,
    seed: int,
    threads: int | None = None,
) -> Race:
    """Run the race that would have been, on features that are there: see ``run``."""
    values = {each.candidate: each.features(dataset, threads).values for each in contenders}
    return _race(known(dataset, primary), list(values), lambda n, r: values[n][r], keep, seed)


def _race(sides: Labelled, names: list[str], read: Read, keep: int, seed: int) -> Race:
    random = np.random.default_rng(seed)
    train, asked = random.permutation(sides.train), random.permutation(sides.validation)

    def answers(name: str, count: int) -> np.ndarray:
        learnt = train[: max(2, round(len(train) * count / len(asked)))]
        values = read(name, np.concatenate([learnt, asked[:count]]))
        fitted = ridge.fit(values[: len(learnt)], sides.labels[learnt], sides.classes)
        said = fitted.values(values[len(learnt) :]).argmax(axis=1)
        return said == sides.labels[asked[:count]]

    return successive_elimination.run(names, answers, len(asked), keep)
