"""leaderboard.json: a study's candidates compared as its task asks, best first."""

from collections.abc import Callable
from dataclasses import asdict, replace

from helpers.comparison.board import BESIDE
from helpers.comparison.result import Comparison
from helpers.core import dotted_names
from helpers.core.records import leaderboard as records
from helpers.core.records.data import DataRecord, PublishedResult
from helpers.core.records.parts import Result
from helpers.core.records.training import Training
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
    seed of the bootstrap gives the same numbers. A ``best:K`` that is another candidate's training
    is left out. An unknown metric, no candidate, and files that are missing or do not fit together
    raise a UserError.
    """
    task = tasks.get(DataRecord.read(study).task)
    compare_task: Callable[..., Comparison] = dotted_names.load(task.compare)
    usual = task.primary if task.has_classes else None  # the transcripts' script decides
    same = twins(study, candidates)
    once = [name for name in candidates if name not in same]
    found = compare_task(study, once, primary or usual, resamples, seed, margin)
    said = [f"{name} is {other}, trained once: it counts once." for name, other in same.items()]
    return replace(found, details=[*found.details, *said], same=same)


def twins(study: str, candidates: list[str]) -> dict[str, str]:
    """Name each ``best:K`` whose training is also another candidate's, and that candidate."""
    trainings = [found for name in candidates if (found := Training.find(study, name))]
    trainings.sort(key=lambda each: each.model.startswith("best:"))
    first: dict[str, str] = {}
    for each in trainings:
        first.setdefault(each.recipe or each.candidate, each.candidate)
    ranked = [each for each in trainings if each.recipe and each.model.startswith("best:")]
    return {each.candidate: own for each in ranked if (own := first[each.recipe]) != each.candidate}


def save(comparison: Comparison) -> None:
    """Write leaderboard.json."""
    c, seeds = comparison, comparison.seeds
    table = c.table.assign(cost=c.table["run"].map(c.costs)).drop(
        columns=[*BESIDE[3:], "told", "device", "pretrain_seconds"], errors="ignore"
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
        same=c.same,
    ).write(c.study)
