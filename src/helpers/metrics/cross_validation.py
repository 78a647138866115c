"""Repeated cross-validation: values, intervals and paired tests from the scores of its folds.

Folds share most of their training items: the variance of a mean of J scores in k folds is that of
one, times 1/J + 1/(k - 1) (Nadeau and Bengio, 2003). Values are those of a model trained so on as
many items.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from helpers.metrics.registry import METRICS, functions
from helpers.metrics.statistics.intervals import TAILS, Estimate, wilson
from helpers.metrics.unit_contributions import Answers, UnitContributions

# what candidates answer in each repeat, and the folds of its items, int [N]
Folded = Sequence[tuple[Answers, NDArray]]
_LEAST = 3  # degrees of freedom with which samples have a mean and a spread
SMOOTH = 1.5  # by how much more scores vary: other training items move each of them
SHARED = 1.25  # by how much items tested in folds say less than as many of a test set of their own


@dataclass(frozen=True, eq=False)
class FoldScores:
    """Scores of M candidates, and how they vary with ``freedom`` degrees of freedom."""

    values: NDArray[np.float64]  # [M], means over repeats of the metric of all items
    parts: NDArray[np.float64]  # [J, M], what the items of each fold add to them
    share: float  # of the variance of a part that is left in their mean
    freedom: int
    units: int  # items or groups
    least: float = 0.0  # the standard error of the difference of two is no smaller

    def covariance(self, parts: NDArray) -> NDArray[np.float64]:
        """Correct the covariance of means of parts [J, C]: [C, C]."""
        return np.atleast_2d(np.cov(parts, rowvar=False)) * self.share

    def samples(self, values: NDArray, count: int, seed: int) -> NDArray[np.float64]:
        """Draw values [M] as other items might give them, from Student's t: [R, M]."""
        random, covariance = np.random.default_rng(seed), np.nan_to_num(self.covariance(self.parts))
        normal = random.multivariate_normal(0 * covariance[0], covariance, count, method="eigh")
        freedom = max(self.freedom, _LEAST)
        return values + normal / np.sqrt(random.chisquare(freedom, (count, 1)) / freedom)


def fold_scores(metric: str, repeats: Folded) -> FoldScores:
    """Score candidates in every fold; a metric that is no mean over items by its jackknife."""
    parts, moved = [], [_moved(metric, answers) for answers, _ in repeats]
    for each, (_, fold) in zip(moved, repeats, strict=True):
        parts += [each[:, fold == number].mean(axis=1) for number in np.unique(fold)]
    groups, fold = repeats[0][0].groups, repeats[0][1]
    units = len(np.unique(np.arange(len(fold)) if groups is None else groups))
    values = np.mean([each.mean(axis=1) for each in moved], axis=0)
    freedom = max(1, min(len(parts), units) - 1)  # not more than separate units allow
    share = 1 / len(parts) + 1 / (len(np.unique(fold)) - 1)
    share *= SMOOTH if METRICS[metric].needs_scores else 1
    least = 0.0
    if len(values) == 2 and np.isfinite(values).all():  # two that are compared
        errors = [UnitContributions(metric, answers).swap_error(0, 1) for answers, _ in repeats]
        least = float(np.mean(errors))
    return FoldScores(values, np.array(parts), share, freedom, units, least)


def alone(metric: str, repeats: Folded) -> NDArray[np.float64]:
    """Compute the metric of the items of each fold alone, as a single split shows it: [J, M]."""
    rows = []
    for answers, fold in repeats:
        for here in (fold == number for number in np.unique(fold)):
            scores = [None if each is None else each[here] for each in answers.scores]
            predictions = answers.predictions[:, here]
            part = Answers(answers.labels[here], predictions, answers.classes, scores)
            rows.append(_moved(metric, part).mean(axis=1))
    return np.array(rows)


def _moved(metric: str, answers: Answers) -> NDArray[np.float64]:
    """Write the metric of each candidate as a mean over items, [M, N]."""
    contributions = UnitContributions(metric, replace(answers, groups=None))
    return np.array([contributions.pseudo_values(k) for k in range(len(answers.predictions))])


def estimate(metric: str, repeats: Folded, pooled: Estimate) -> Estimate:
    """Estimate a metric of one candidate with the corrected interval of Student's t.

    It is no narrower than Wilson's of a share, or the ``pooled`` one of the first repeat, as if
    of fewer items: ``SHARED``.
    """
    if np.isnan(pooled.value) or metric not in functions("counts", "scores", "ranking"):
        return pooled
    scores, first, entry = fold_scores(metric, repeats), repeats[0][0], METRICS[metric]
    value = float(scores.values[0])
    reach = stdtrit(scores.freedom, TAILS[1]) * np.sqrt(scores.covariance(scores.parts)[0, 0])
    low, high = value + np.sqrt(SHARED) * (np.array([pooled.low, pooled.high]) - pooled.value)
    if entry.interval == "Wilson" and first.groups is None:
        share = wilson(value * len(first.labels) / SHARED, len(first.labels) / SHARED)
        low, high = share.low, share.high
    low = max(np.fmin(low, value - reach), entry.lowest)
    high = min(np.fmax(high, value + reach), entry.highest)
    method = f"corrected t over {len(scores.parts)} folds, and {pooled.method}"
    return Estimate(value, float(low), float(high), method, pooled.note)
