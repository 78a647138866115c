"""leaderboard.json: a study's candidates compared as its task asks, best first."""

from collections.abc import Callable

from helpers.comparison.result import Comparison
from helpers.core import dotted_names
from helpers.core.records.data import DataRecord, PublishedResult
from helpers.core.records.leaderboard import (
    CandidateResult,
    Family,
    FamilyPair,
    Leaderboard,
    PairResult,
    SeedRun,
    Seeds,
)
from helpers.data import tasks


def compare(
    study: str,
    candidates: list[str],
    primary: str | None = None,
    resamples: int = 2000,
    seed: int = 42,
) -> Comparison:
    """Compare candidates with the function that the table of tasks names.

    Parameters
    ----------
    study, candidates
        Names; what the earlier stages wrote of each is read.
    primary
        The metric that orders them; by default that of the task.
    resamples, seed
        Of the bootstrap; the same seed gives the same numbers.

    Raises
    ------
    UserError
        Unknown metric, no candidate, files that are missing or do not fit together.
    """
    task = tasks.get(DataRecord.read(study).task)
    compare_task: Callable[..., Comparison] = dotted_names.load(task.compare)
    return compare_task(study, candidates, primary or task.primary, resamples, seed)


def save(comparison: Comparison) -> None:
    """Write leaderboard.json."""
    c, seeds = comparison, comparison.seeds
    Leaderboard(
        study=c.study,
        primary=c.primary,
        n=c.n,
        groups=c.groups,
        rows=CandidateResult.from_table(c.table.assign(cost=c.table["candidate"].map(c.costs))),
        pairs=PairResult.from_table(c.pairs),
        winner=c.winner,
        tied_with=c.tied_with,
        detectable_difference=c.detectable_difference,
        answer=c.answer,
        details=c.details,
        recommendation=c.recommendation,
        seeds=Seeds(
            families=Family.from_table(seeds.families) if seeds else [],
            runs=SeedRun.from_table(seeds.runs) if seeds else [],
            pairs=FamilyPair.from_table(seeds.pairs) if seeds else [],
        ),
        published=PublishedResult.from_table(c.published),
    ).write(c.study)
