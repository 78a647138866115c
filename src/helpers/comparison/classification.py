"""All candidates of a classification study on the same test items: who leads, who ties."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.comparison import caveats
from helpers.comparison.recommendation import Board
from helpers.comparison.result import Comparison, assembled
from helpers.comparison.seeds import repeats, sentences
from helpers.core.errors import UserError, unknown
from helpers.evaluation import predictions
from helpers.evaluation.predictions import Predictions
from helpers.metrics import registry
from helpers.metrics.classification import estimate
from helpers.metrics.paired_tests import compare_all, rank_intervals, resampled_metric
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.unit_contributions import Answers


def compare(
    study: str, candidates: list[str], primary: str, resamples: int, seed: int
) -> Comparison:
    """Compare candidates by their predictions of the same test items: see ``leaderboard``."""
    computed = registry.functions("counts", "scores", "ranking")
    if primary not in computed:
        raise unknown("metric", primary, [*computed, *registry.functions("edits")])
    if not candidates:
        raise UserError(f"{study}: no candidate to compare")
    entries = _same_classes([predictions.read(study, name) for name in candidates])
    resampling = Resampling(resamples, seed, entries[0].groups)
    entries, table = _in_order(entries, primary, resampling)
    pairs, ranks = _pairs(entries, primary, resampling)
    table["rank_low"], table["rank_high"] = ranks.T
    seeds = repeats(entries, primary)
    groups = None if resampling.groups is None else len(set(resampling.groups))
    board = Board(table, pairs, primary, len(entries[0].labels), groups)
    trained = [entry.training for entry in entries]
    said = [*sentences(seeds), *caveats.of(study), *caveats.of_training(trained)]
    return assembled(study, board, said, seeds, entries)


def _same_classes(entries: list[Predictions]) -> list[Predictions]:
    """Refuse candidates whose columns are not the same classes in the same order."""
    first = entries[0]
    for entry in entries[1:]:
        if entry.classes != first.classes:
            odd = sorted(set(entry.classes) ^ set(first.classes))
            what = f"not in both: {', '.join(odd[:5])}" if odd else "in another order"
            raise UserError(
                f"{entry.candidate}: score columns differ from {first.candidate}'s: {what}"
            )
    return entries


def _in_order(
    entries: list[Predictions], primary: str, resampling: Resampling
) -> tuple[list[Predictions], pd.DataFrame]:
    """Estimate each candidate, and put the best first; equal ones by cost, then name."""
    rows = [_row(entry, primary, resampling) for entry in entries]
    table = pd.DataFrame(rows)
    table["_key"] = table["value"] if registry.lower_is_better(primary) else -table["value"]
    table = table.sort_values(["_key", "cost", "candidate"], na_position="last")
    ordered = [entries[index] for index in table.index]
    table = table.drop(columns="_key").reset_index(drop=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return ordered, table


def _row(entry: Predictions, primary: str, resampling: Resampling) -> dict[str, Any]:
    answers = entry.labels, entry.predictions, entry.scores
    found = estimate(primary, *answers, resampling, len(entry.classes))
    training, cost = entry.training, entry.training.cost
    adaptation, model, speed = training.adaptation, training.resolved_model, cost.items_per_second
    return {
        "candidate": entry.candidate,
        "label": f"{adaptation}: {model}" if adaptation else entry.candidate,
        "adaptation": adaptation,
        **asdict(found),
        "accuracy": float((entry.predictions == entry.labels).mean()),
        "cost": 1000 / speed if speed else np.nan,
        "fit_seconds": _known(cost.fit_seconds),
        "parameters": _known(cost.parameters),
    }


def _known(number: float | None) -> float:
    return np.nan if number is None else number


def _pairs(
    entries: list[Predictions], primary: str, resampling: Resampling
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    first, names = entries[0], [entry.candidate for entry in entries]
    predicted = np.array([entry.predictions for entry in entries])
    scores = [entry.scores for entry in entries]
    answers = Answers(first.labels, predicted, len(first.classes), scores, resampling.groups)
    values, samples = resampled_metric(primary, answers, resampling.resamples, resampling.seed)
    pairs = compare_all(primary, answers, values, samples)
    ranks = rank_intervals(pairs, len(entries), registry.lower_is_better(primary))
    columns = ["a", "b", "difference", "low", "high", "p", "p_holm", "error", "detectable"]
    rows = [{**asdict(pair), "a": names[pair.a], "b": names[pair.b]} for pair in pairs]
    return pd.DataFrame(rows, columns=[*columns, "items_needed", "method"]), ranks
