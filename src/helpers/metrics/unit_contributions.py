"""What each unit (an item, or a whole group) adds to a candidate's metric."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from helpers.metrics import registry
from helpers.metrics.confusion_intervals import as_counts, unit_table
from helpers.metrics.probabilistic import influence
from helpers.metrics.statistics.bootstrap import group_sums
from helpers.metrics.statistics.permutation import swap_test


@dataclass(frozen=True)
class UnitParts:
    """Candidates' answers by unit: labels [N], predictions [M, N], scores [M, N, K] or None.

    ``codes`` [N] number the units from 0 to ``units`` - 1.
    """

    name: str
    labels: NDArray
    predictions: NDArray
    scores: NDArray | None
    codes: NDArray[np.int64]
    units: int

    def apart(self, a: int, b: int) -> int:
        """Count the units in which two candidates differ."""
        if registry.needs_scores(self.name):
            if self.scores[a] is None or self.scores[b] is None:
                return self.units
            differ = (self.scores[a] != self.scores[b]).any(axis=1)
        else:
            differ = self.predictions[a] != self.predictions[b]
        return int(np.count_nonzero(np.bincount(self.codes, differ, minlength=self.units)))

    def swapped(self, a: int, b: int) -> float:
        """Test two candidates by swapping their answers."""
        return swap_test(self.of(a), self.of(b), self.metric)

    def of(self, candidate: int) -> NDArray[np.float64]:
        """Write what each unit adds to one candidate, [U, C]."""
        if registry.needs_scores(self.name):
            metric = registry.METRICS[self.name]
            value, moved = influence(metric, self.labels, self.scores[candidate])
            table = (value + moved)[:, None] / len(self.labels)
        else:
            table = unit_table(self.labels, self.predictions[candidate], self._classes)
        return group_sums(table, self.codes, self.units)

    def pseudo_values(self, candidate: int) -> NDArray[np.float64]:
        """Write a metric as a mean over units: what each stands for, [U] (Tukey's jackknife).

        For a mean over items this is each item's own score.
        """
        parts = self.of(candidate)
        if registry.needs_scores(self.name):
            return parts[:, 0] * self.units
        value = self.metric(parts.sum(axis=0))
        without = self.metric(parts.sum(axis=0) - parts)
        away = (self.units - 1) * (value - np.where(np.isfinite(without), without, value))
        return value + away - away.mean()

    @cached_property
    def _classes(self) -> int:
        return int(max(self.labels.max(), self.predictions.max())) + 1

    def metric(self, sums: NDArray) -> NDArray[np.float64]:
        """Compute the metric from sums over units [..., C]."""
        if registry.needs_scores(self.name):
            return sums[..., 0]
        return registry.functions("counts")[self.name](as_counts(sums, self._classes))
