"""leaderboard.json: a study's candidates compared as its task asks, best first."""

from collections.abc import Callable

from helpers.comparison.result import Comparison
from helpers.core import dotted_names
from helpers.core.records import leaderboard as records
from helpers.core.records.data import DataRecord, PublishedResult
from helpers.data import tasks


def compare(
    study: str,
    candidates: list[str],
    primary: str | None = None,
    resamples: int = 2000,
    seed: int = 42,
) -> Comparison:
    """Compare candidates with the function of their task, by default in the task's metric.

    The same seed of the bootstrap gives the same numbers. An unknown metric, no candidate, and
    files that are missing or do not fit together raise a UserError.
    """
    task = tasks.get(DataRecord.read(study).task)
    compare_task: Callable[..., Comparison] = dotted_names.load(task.compare)
    return compare_task(study, candidates, primary or task.primary, resamples, seed)


def save(comparison: Comparison) -> None:
    """Write leaderboard.json."""
    c, seeds = comparison, comparison.seeds
    costs = c.table["candidate"].map(c.costs)
    records.Leaderboard(
        study=c.study,
        primary=c.primary,
        n=c.n,
        groups=c.groups,
        rows=records.CandidateResult.from_table(c.table.assign(cost=costs)),
        pairs=records.PairResult.from_table(c.pairs),
        winner=c.winner,
        tied_with=c.tied_with,
        detectable_difference=c.detectable_difference,
        answer=c.answer,
        details=c.details,
        recommendation=c.recommendation,
        seeds=records.Seeds(
            families=records.Family.from_table(seeds.families) if seeds else [],
            runs=records.SeedRun.from_table(seeds.runs) if seeds else [],
            pairs=records.FamilyPair.from_table(seeds.pairs) if seeds else [],
        ),
        published=PublishedResult.from_table(c.published),
    ).write(c.study)
