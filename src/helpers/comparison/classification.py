"""Classifiers compared on the same test items: paired tests, ties, seeds."""

from typing import Any

import numpy as np

from helpers.comparison import board as boards
from helpers.comparison import result, seeds, study_records
from helpers.comparison.board import Board
from helpers.core.errors import UserError, unknown
from helpers.evaluation import predictions
from helpers.evaluation.predictions import Predictions
from helpers.metrics import registry
from helpers.metrics.classification import estimate
from helpers.metrics.paired_tests import Pair, compare_all, resampled_metric
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.unit_contributions import Answers


def compare(
    study: str,
    candidates: list[str],
    primary: str = "macro-f1",
    resamples: int = 2000,
    seed: int = 42,
) -> result.Comparison:
    """Compare candidates by their predictions of the same test items; see ``leaderboard``."""
    computed = registry.functions("counts", "scores", "ranking")
    if primary not in computed:
        raise unknown("metric", primary, computed)
    if not candidates:
        raise UserError(f"{study}: no candidate to compare")
    entries = [predictions.read(study, name) for name in candidates]
    _check_classes(entries)
    resampling = Resampling(resamples, seed, entries[0].groups)
    table = boards.in_order([_row(entry, primary, resampling) for entry in entries], primary)
    entries = [entries[position] for position in table.index]
    table, pairs = boards.with_pairs(table, _pairs(entries, primary, resampling), primary)
    groups = None if resampling.groups is None else len(set(resampling.groups))
    board = Board(table, pairs, primary, len(entries[0].labels), groups)
    records = study_records.read(study, [entry.training for entry in entries])
    return result.assemble(records, board, seeds.repeats(entries, primary))


def _row(entry: Predictions, primary: str, resampling: Resampling) -> dict[str, Any]:
    answers = entry.labels, entry.predictions, entry.scores
    found = estimate(primary, *answers, resampling, len(entry.classes))
    return boards.row(entry.training, found, float((entry.predictions == entry.labels).mean()))


def _check_classes(entries: list[Predictions]) -> None:
    """Refuse candidates whose columns are not the same classes in the same order."""
    first = entries[0]
    for entry in entries[1:]:
        if entry.classes != first.classes:
            odd = sorted(set(entry.classes) ^ set(first.classes))
            what = f"not in both: {', '.join(odd[:5])}" if odd else "in another order"
            raise UserError(
                f"{entry.candidate}: score columns differ from {first.candidate}'s: {what}"
            )


def _pairs(entries: list[Predictions], primary: str, resampling: Resampling) -> list[Pair]:
    """Test all candidates in pairs, in their order."""
    first = entries[0]
    predicted = np.array([entry.predictions for entry in entries])
    scores = [entry.scores for entry in entries]
    answers = Answers(first.labels, predicted, len(first.classes), scores, resampling.groups)
    values, samples = resampled_metric(primary, answers, resampling.resamples, resampling.seed)
    return compare_all(primary, answers, values, samples)
