"""Classifiers compared on the same test items: paired tests, ties, seeds."""

from helpers.comparison import board as boards
from helpers.comparison import result, seeds, study_records
from helpers.core.errors import UserError, unknown
from helpers.core.formatting import listed
from helpers.data import copies
from helpers.evaluation import predictions
from helpers.evaluation.predictions import Predictions
from helpers.metrics import registry
from helpers.metrics.classification import estimate
from helpers.metrics.paired_tests import compare_all, resampled_metric
from helpers.metrics.statistics.bootstrap import Resampling


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
    groups, rows = entries[0].groups, []
    for entry in entries:
        answers = entry.labels, entry.predictions, entry.scores
        value = estimate(primary, *answers, Resampling(resamples, seed, groups), len(entry.classes))
        accuracy = float((entry.predictions == entry.labels).mean())
        rows.append(boards.row(entry.training, value, accuracy))
    table = boards.in_order(rows, primary)
    entries = [entries[position] for position in table.index]
    together = predictions.answers(entries)
    pairs = compare_all(primary, together, *resampled_metric(primary, together, resamples, seed))
    counted = None if groups is None else len(set(groups))
    tables = boards.with_pairs(table, pairs, primary)
    unit = copies.unit(entries[0].items)
    board = boards.Board(*tables, primary, len(entries[0].labels), counted, unit)
    records = study_records.read(study, [entry.training for entry in entries])
    return result.assemble(records, board, seeds.repeats(entries, primary))


def _check_classes(entries: list[Predictions]) -> None:
    """Refuse candidates whose columns are not the same classes in the same order."""
    first = entries[0]
    for entry in entries[1:]:
        if entry.classes != first.classes:
            odd = sorted(set(entry.classes) ^ set(first.classes))
            what = f"not in both: {listed(odd)}" if odd else "in another order"
            message = f"score columns differ from {first.candidate}'s: {what}"
            raise UserError(f"{entry.candidate}: {message}")
