"""leaderboard.json: a study's candidates compared as its task asks, best first."""

from collections.abc import Callable
from dataclasses import asdict

from helpers.comparison.board import BESIDE
from helpers.comparison.result import Comparison
from helpers.core import dotted_names
from helpers.core.records import leaderboard as records
from helpers.core.records.data import DataRecord, PublishedResult
from helpers.core.records.parts import Result
from helpers.data import tasks

# Fields of leaderboard.json that are those of a comparison.
SHARED = ["study", "primary", "n", "groups", "winner", "tied_with", "detectable_difference"]
SHARED += ["answer", "details", "recommendation", "margin"]


def compare(
    study: str,
    candidates: list[str],
    primary: str | None = None,
    resamples: int = 2000,
    seed: int = 42,
    margin: float | None = None,
) -> Comparison:
    """Compare candidates with the function of their task, by default in the task's metric.

    ``margin`` is a difference that does not matter, in the metric's own unit. The same
    seed of the bootstrap gives the same numbers. An unknown metric, no candidate, and files that
    are missing or do not fit together raise a UserError.
    """
    task = tasks.get(DataRecord.read(study).task)
    compare_task: Callable[..., Comparison] = dotted_names.load(task.compare)
    usual = task.primary if task.has_classes else None  # the transcripts' script decides
    return compare_task(study, candidates, primary or usual, resamples, seed, margin)


def save(comparison: Comparison) -> None:
    """Write leaderboard.json."""
    c, seeds = comparison, comparison.seeds
    table = c.table.assign(cost=c.table["run"].map(c.costs)).drop(
        columns=[*BESIDE[3:], "told"], errors="ignore"
    )
    records.Leaderboard(
        **{name: getattr(c, name) for name in SHARED},
        expected=Result(**asdict(c.expected)),
        rows=records.CandidateResult.from_table(table),
        pairs=records.PairResult.from_table(c.pairs),
        seeds=records.Seeds(
            families=records.Family.from_table(seeds.families) if seeds else [],
            runs=records.SeedRun.from_table(seeds.runs) if seeds else [],
        ),
        published=PublishedResult.from_table(c.published),
        splits=c.splits.to_dict("list"),
    ).write(c.study)
