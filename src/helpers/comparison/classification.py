"""Classifiers compared on the same test items: paired tests, ties, seeds."""

import numpy as np
import pandas as pd

from helpers.comparison import board as boards
from helpers.comparison import ranking, result
from helpers.comparison.ranking import Scored
from helpers.core.errors import UserError, unknown
from helpers.core.formatting import listed
from helpers.data import copies
from helpers.evaluation import predictions
from helpers.evaluation.predictions import Predictions
from helpers.metrics import cross_validation, registry
from helpers.metrics.classification import estimate
from helpers.metrics.cross_validation import FoldScores, fold_scores
from helpers.metrics.paired_tests import pairing, pairing_in_folds
from helpers.metrics.resampled_metric import resampled_metric
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.unit_contributions import UnitContributions


def compare(
    study: str,
    candidates: list[str],
    primary: str = "macro-f1",
    resamples: int = 2000,
    seed: int = 42,
    margin: float | None = None,
) -> result.Comparison:
    """Compare candidates by their predictions of the same test items; see ``leaderboard``."""
    computed = registry.functions("counts", "scores", "ranking")
    if primary not in computed:
        raise unknown("metric", primary, computed)
    if not candidates:
        raise UserError(f"{study}: no candidate to compare")
    entries = [predictions.read(study, name) for name in candidates]
    _check_classes(entries)
    groups, rows, folded = entries[0].groups, [], predictions.in_folds(entries)
    for entry in entries:
        if bool(entry.repeats) != bool(folded):
            raise UserError(f"{study}: some predict folds, others one split: run 2-train again")
        answers = entry.labels, entry.predictions, entry.scores
        value = estimate(primary, *answers, Resampling(resamples, seed, groups), len(entry.classes))
        if folded:
            value = cross_validation.estimate(primary, predictions.in_folds([entry]), value)
        right = [each.predictions == each.labels for each in entry.repeats or (entry,)]
        accuracy = float(np.mean(right))
        rows.append(boards.row(entry.training, value, accuracy))
    together, splits = predictions.answers(entries), pd.DataFrame()
    if folded:

        def scores(*places: int) -> FoldScores:  # in the folds that all of them have
            return fold_scores(primary, predictions.in_folds([entries[k] for k in places]))

        splits = pd.DataFrame(cross_validation.alone(primary, folded), columns=candidates)
        values = np.array([scores(place).values[0] for place in range(len(entries))])
        resampled = values, scores(*range(len(entries))).samples(values, resamples, seed)
        compared = pairing_in_folds(scores, values, len(together.labels))
    else:
        resampled = resampled_metric(primary, together, resamples, seed)
        compared = pairing(primary, together, *resampled)
    units = UnitContributions(primary, together)
    each = units.pseudo_values, units.tossed
    scored = Scored(primary, len(entries[0].labels), rows, *resampled, compared, *each)
    counted = None if groups is None else len(set(groups))
    unit = copies.unit(entries[0].items)
    board = ranking.ranked(scored, seed, margin, groups=counted, group=unit, splits=splits)
    return result.assemble(study, [entry.training for entry in entries], board)


def _check_classes(entries: list[Predictions]) -> None:
    """Refuse candidates whose columns are not the same classes in the same order."""
    first = entries[0]
    for entry in entries[1:]:
        if entry.classes != first.classes:
            odd = sorted(set(entry.classes) ^ set(first.classes))
            what = f"not in both: {listed(odd)}" if odd else "in another order"
            message = f"score columns differ from {first.candidate}'s: {what}"
            raise UserError(f"{entry.candidate}: {message}")
