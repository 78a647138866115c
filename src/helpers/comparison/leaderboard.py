"""All candidates of a study on the same test items: who leads, who ties, at what cost."""

from helpers.comparison.result import Comparison
from helpers.core import dotted_names
from helpers.core.records.data import Data, PublishedResult
from helpers.core.records.leaderboard import Family, FamilyPair, Leaderboard, Pair, Row, Run, Seeds
from helpers.data import tasks


def compare(
    study: str,
    candidates: list[str],
    primary: str = "macro-f1",
    resamples: int = 2000,
    seed: int = 42,
) -> Comparison:
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
    record = Data.find(study)
    row = tasks.get(record.task if record else next(iter(tasks.TASKS)))
    ranked: Comparison = dotted_names.load(row.compare)(study, candidates, primary, resamples, seed)
    return ranked


def save(comparison: Comparison) -> None:
    """Write leaderboard.json."""
    c = comparison
    rows = c.table.assign(cost=c.table["candidate"].map(c.costs))
    seeds = Seeds(
        families=Family.from_table(c.seeds.families),
        runs=Run.from_table(c.seeds.runs),
        pairs=FamilyPair.from_table(c.seeds.pairs),
    )
    Leaderboard(
        study=c.study,
        primary=c.primary,
        n=c.n,
        groups=c.groups,
        rows=Row.from_table(rows),
        pairs=Pair.from_table(c.pairs),
        winner=c.winner,
        tied_with=c.tied_with,
        detectable_difference=c.detectable_difference,
        answer=c.answer,
        details=c.details,
        recommendation=c.recommendation,
        seeds=seeds,
        published=PublishedResult.from_table(c.published),
    ).write(c.study)
