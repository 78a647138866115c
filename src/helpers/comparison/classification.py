"""Classifiers compared on the same test items: paired tests, ties, seeds."""

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


def compare(
    study: str,
    candidates: list[str],
    primary: str = "macro-f1",
    resamples: int = 2000,
    seed: int = 42,
) -> result.Comparison:
    """Compare candidates by their predictions of the same test items.

    Parameters
    ----------
    study, candidates
        Names; the predictions of each are read.
    primary
        The metric that orders them.
    resamples, seed
        Of the bootstrap; the same seed gives the same numbers.

    Raises
    ------
    UserError
        Unknown metric, no candidate, files that are missing or do not fit together.
    """
    computed = registry.functions("counts", "scores", "ranking")
    if primary not in computed:
        raise unknown("metric", primary, computed)
    if not candidates:
        raise UserError(f"{study}: no candidate to compare")
    entries = [predictions.read(study, name) for name in candidates]
    _check_classes(entries)
    groups = entries[0].groups
    options = {"resamples": resamples, "seed": seed, "groups": groups}
    rows = [
        boards.row(
            entry.training,
            estimate(
                primary,
                entry.labels,
                entry.predictions,
                entry.scores,
                classes=len(entry.classes),
                **options,
            ),
            float((entry.predictions == entry.labels).mean()),
        )
        for entry in entries
    ]
    table = boards.in_order(rows, primary)
    entries = [entries[position] for position in table.index]
    table, pairs = boards.with_pairs(table, _pairs(entries, primary, options), primary)
    count = None if groups is None else len(set(groups))
    board = Board(table, pairs, primary, len(entries[0].labels), count)
    records = study_records.read(study, [entry.training for entry in entries])
    return result.assemble(records, board, seeds.repeats(entries, primary))


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


def _pairs(entries: list[Predictions], primary: str, options: dict) -> list[Pair]:
    """Test all candidates in pairs, in their order."""
    first = entries[0]
    predicted = np.array([entry.predictions for entry in entries])
    scores = [entry.scores for entry in entries] if registry.needs_scores(primary) else None
    answers = (first.labels, predicted)
    values, samples = resampled_metric(primary, *answers, scores, len(first.classes), **options)
    return compare_all(primary, *answers, values, samples, options["groups"], scores)
