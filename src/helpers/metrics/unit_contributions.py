"""What each unit (an item, or a whole group) adds to a candidate's metric."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from helpers.metrics import registry
from helpers.metrics.confusion_intervals import as_counts, unit_table
from helpers.metrics.probabilistic import class_influences, influence
from helpers.metrics.statistics.bootstrap import group_codes, group_sums
from helpers.metrics.statistics.permutation import swap_test

FEW_ITEMS = 5  # of a class, below which resamples of its items show too little of their luck


@dataclass(frozen=True, eq=False)
class Answers:
    """What several candidates predict for the same items.

    ``labels`` int [N], ``predictions`` int [M, N]; ``scores`` one float [N, K] or None for each
    candidate, or nothing where the metric needs none; ``groups`` [N] of items that are not
    independent.
    """

    labels: NDArray
    predictions: NDArray
    classes: int
    scores: Sequence[NDArray | None] = ()
    groups: NDArray | None = None


@dataclass(frozen=True, eq=False)
class UnitContributions:
    """Candidates' answers by unit, as the metric of that ``name`` adds them up."""

    name: str
    answers: Answers

    @cached_property
    def _groups(self) -> tuple[NDArray[np.int64], int]:
        return group_codes(self.answers.groups, len(self.answers.labels))

    @property
    def units(self) -> int:
        """Count the units."""
        return self._groups[1]

    def differing_units(self, a: int, b: int) -> int:
        """Count the units in which two candidates differ."""
        if registry.needs_scores(self.name):
            one, other = self.answers.scores[a], self.answers.scores[b]
            if one is None or other is None:
                return self.units
            differ = (one != other).any(axis=1)
        else:
            differ = self.answers.predictions[a] != self.answers.predictions[b]
        return int(np.count_nonzero(np.bincount(self._groups[0], differ, minlength=self.units)))

    def freedom(self, a: int, b: int) -> float:
        """Count the degrees of freedom behind the spread of a difference of rankings.

        Each class's part counts by its own items (Welch and Satterthwaite), as few may bring most.
        Groups of uneven sizes are worth fewer (Kish, 1965). Other metrics set no limit here.
        """
        most, sizes = np.inf, np.bincount(self._groups[0])
        if self.answers.groups is not None:
            most = max(1.0, sizes.sum() ** 2 / float((sizes**2).sum()) - 1)
        if registry.METRICS[self.name].reads != "ranking":
            return most
        moved, labels = self._moved[a][1] - self._moved[b][1], self.answers.labels
        parts = np.bincount(labels, moved**2)
        # A degree less: of few positives the spread is skew.
        below = (parts**2 / np.maximum(np.bincount(labels) - 2, 1)).sum()
        return min(most, float(parts.sum() ** 2 / below) if below > 0 else np.inf)

    def swap_error(self, a: int, b: int) -> float:
        """Estimate the standard error of a difference as if each unit tossed whose answer is whose.

        Resamples underrate it where macro averages and rankings have classes of few items; else it
        is 0.
        """
        return float(np.linalg.norm(self.tossed(a, b)))

    def tossed(self, a: int, b: int) -> NDArray[np.float64]:
        """Say what each unit's toss moves a difference by, for ``swap_error``, [U]."""
        items, metric = np.bincount(self.answers.labels), registry.METRICS[self.name]
        ranks = metric.reads == "ranking"
        if not (metric.over_classes or ranks) or min(items[items > 0]) >= FEW_ITEMS:
            return np.zeros(self.units)
        if ranks:
            return self._placed(a) - self._placed(b)
        one, other, moved = self.table(a), self.table(b), np.zeros(self.units)
        first, second = one.sum(axis=0), other.sum(axis=0)
        moves = (other - one)[apart := (one != other).any(axis=1)]
        gaps = self.value(first + moves) - self.value(second - moves)  # each unit swapped alone
        moved[apart] = (self.value(first) - self.value(second) - gaps) / 2
        return moved

    def _placed(self, candidate: int) -> NDArray[np.float64]:
        """Write a ranking as a sum over the items of each class and over the others, by unit."""
        metric, labels = registry.METRICS[self.name], self.answers.labels
        scores = np.asarray(self.answers.scores[candidate], dtype=float)
        classes, values, moved = class_influences(metric, labels, scores)
        own = labels == classes[:, None]
        size = np.where(own, own.sum(axis=1)[:, None], (~own).sum(axis=1)[:, None])
        each = (moved / len(labels) + values[:, None] / size).mean(axis=0)
        return group_sums(each, *self._groups)

    def swap_p(self, a: int, b: int) -> float:
        """Test two candidates by swapping their answers."""
        return swap_test(self.table(a), self.table(b), self.value)

    @cached_property
    def _moved(self) -> list[tuple[float, NDArray[np.float64]]]:
        """The metric of each candidate and each item's influence on it; NaN without scores."""
        metric, labels = registry.METRICS[self.name], self.answers.labels
        nothing = (np.nan, np.full(len(labels), np.nan))
        every = self.answers.scores
        return [nothing if one is None else influence(metric, labels, one) for one in every]

    def table(self, candidate: int) -> NDArray[np.float64]:
        """Tabulate what each unit adds to one candidate's sums, [U, C]."""
        labels = self.answers.labels
        if registry.needs_scores(self.name):
            value, moved = self._moved[candidate]
            rows = (value + moved)[:, None] / len(labels)
        else:
            rows = unit_table(labels, self.answers.predictions[candidate], self._classes)
        return group_sums(rows, *self._groups)

    def pseudo_values(self, candidate: int) -> NDArray[np.float64]:
        """Write a metric as a mean over units: what each stands for, [U] (Tukey's jackknife).

        For a mean over items this is each item's own score.
        """
        parts = self.table(candidate)
        if registry.needs_scores(self.name):
            return parts[:, 0] * self.units
        whole = parts.sum(axis=0)
        value, without = self.value(whole), self.value(whole - parts)
        away = (self.units - 1) * (value - np.where(np.isfinite(without), without, value))
        return value + away - away.mean()

    @cached_property
    def _classes(self) -> int:
        return int(max(self.answers.labels.max(), self.answers.predictions.max())) + 1

    def value(self, sums: NDArray) -> NDArray[np.float64]:
        """Compute the metric from sums over units [..., C]."""
        if registry.needs_scores(self.name):
            return sums[..., 0]
        return registry.functions("counts")[self.name](as_counts(sums, self._classes))
