"""The same candidates over several studies: which does well in general, how little that shows."""

from dataclasses import asdict, dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from helpers.core import paths
from helpers.core.errors import UserError
from helpers.core.formatting import names
from helpers.core.records import across as records
from helpers.core.records.base import or_nan
from helpers.core.records.leaderboard import Leaderboard
from helpers.metrics.registry import lower_is_better
from helpers.metrics.statistics import multiple_datasets

ENOUGH = 6  # data sets from which on winning all of them is significant (p = 1/32)
SURE = 0.95  # probability from which on a difference or an equivalence is named


@dataclass(frozen=True)
class StudiesComparison:
    """The comparison over studies.

    ``values`` has a row per study and a column per candidate; ``table`` a row per candidate, best
    mean rank first. ``pairs`` has the probabilities of better, same and worse on data sets of this
    kind and Nemenyi's p; ``each`` what one study alone says of a pair.
    """

    study: str
    studies: list[str]
    candidates: list[str]
    rope: float
    values: pd.DataFrame
    table: pd.DataFrame
    p: float
    least_p: float
    critical_difference: float
    pairs: pd.DataFrame
    each: pd.DataFrame


def compare(
    study: str, studies: list[str], candidates: list[str], rope: float = 0.01, seed: int = 42
) -> StudiesComparison:
    """Compare at least two candidates over at least two studies, from each leaderboard.json.

    ``study`` names the result; ``rope`` is the half-width of the region of practical equivalence,
    0.01 for one point. A candidate that a study does not have raises a UserError.
    """
    if len(studies) < 2 or len(candidates) < 2:
        raise UserError(f"{study}: at least two studies with two candidates in common are needed")
    boards = {study: Leaderboard.read(study) for study in studies}
    by_study = {s: {row.candidate: row.value for row in board.rows} for s, board in boards.items()}
    for s, board in boards.items():
        by_study[s] |= {name: by_study[s].get(other) for name, other in board.same.items()}
        if missing := ", ".join(name for name in candidates if by_study[s].get(name) is None):
            raise UserError(f"{paths.shown(board.path(s))}: no {board.primary} of {missing}")
    values = pd.DataFrame(by_study).T[candidates]
    sign = np.array([[-1 if lower_is_better(boards[s].primary) else 1] for s in studies])
    scores = sign * values.to_numpy(float)
    ranked = multiple_datasets.ranks(scores)
    order = np.argsort(ranked.mean(axis=0), kind="stable")
    table = pd.DataFrame({"candidate": candidates, "mean_rank": ranked.mean(axis=0)})
    table = table.assign(best=ranked.min(axis=0), worst=ranked.max(axis=0)).iloc[order]
    ordered = table["candidate"].tolist()
    return StudiesComparison(
        study=study,
        studies=studies,
        candidates=ordered,
        rope=rope,
        values=values[ordered],
        table=table.reset_index(drop=True),
        p=multiple_datasets.friedman(ranked, seed),
        least_p=multiple_datasets.least_p(*scores.shape),
        critical_difference=multiple_datasets.critical_difference(*scores.shape),
        pairs=_pairs(ordered, scores[:, order], rope, seed),
        each=_each(ordered, boards, rope),
    )


def _pairs(candidates: list[str], scores: np.ndarray, rope: float, seed: int) -> pd.DataFrame:
    p, rows = multiple_datasets.nemenyi(scores), []
    for a, b in combinations(range(len(candidates)), 2):
        gap = scores[:, a] - scores[:, b]
        pair = {"a": candidates[a], "b": candidates[b], "mean_difference": gap.mean(), "p": p[a, b]}
        rows.append(pair | asdict(multiple_datasets.signed_rank(gap, rope, seed)))
    return pd.DataFrame(rows)


def _each(candidates: list[str], boards: dict[str, Leaderboard], rope: float) -> pd.DataFrame:
    rows = []
    for a, b in combinations(candidates, 2):
        for study, board in boards.items():
            pair = next(pair for pair in board.pairs if {pair.a, pair.b} == {a, b})
            sign = -1 if (pair.a != a) != lower_is_better(board.primary) else 1
            gap, width = sign * or_nan(pair.difference), or_nan(pair.high) - or_nan(pair.low)
            found = asdict(multiple_datasets.within(gap, or_nan(pair.error), rope, width))
            rows.append({"a": a, "b": b, "study": study, "difference": gap, **found})
    return pd.DataFrame(rows)


def sentences(result: StudiesComparison) -> list[str]:
    """Say which candidate does well in general, and what so few data sets can and cannot show."""
    sets, count = len(result.studies), len(result.candidates)
    ranks, widest = result.table["mean_rank"], count - 1
    best = result.table.loc[ranks == ranks.min(), "candidate"].tolist()
    found = [
        f"{names(best)} {'has' if len(best) == 1 else 'share'} the best mean rank, "
        f"{ranks.min():.1f} of {count}, over {sets} data sets: {', '.join(result.studies)}.",
        f"The ranks {'differ' if result.p < 0.05 else 'do not differ'} significantly "
        f"(Friedman test by permutation, p = {result.p:.3f}).",
    ]
    if result.least_p >= 0.05:
        found.append(
            f"They could not: even if all {sets} data sets agreed on the whole order of {count}, "
            f"p would be {result.least_p:.3f}."
        )
    if result.critical_difference > widest:
        found.append(
            f"Two mean ranks would have to differ by {result.critical_difference:.1f}, more than "
            f"the {widest} that are possible: so few data sets cannot separate any pair by rank."
        )
    if sets < ENOUGH:
        found.append(
            f"To show that one candidate is better than another in general takes at least {ENOUGH} "
            f"data sets that all favour it; these are {sets}, and they are no random sample."
        )
    return [*found, *_practical(result)]


def _practical(result: StudiesComparison) -> list[str]:
    points = f"{100 * result.rope:g} point{'s' * (result.rope != 0.01)}"
    pairs = list(result.pairs.itertuples())
    better = [f"{row.a} over {row.b} ({row.better:.0%})" for row in pairs if row.better > SURE]
    same = [f"{row.a} and {row.b} ({row.same:.0%})" for row in pairs if row.same > SURE]
    found = [
        "If these data sets are a fair sample of their kind, better by more than "
        f"{points} with a probability above 95 %: {'; '.join(better) or 'no pair'}."
    ]
    if len(result.studies) < ENOUGH:
        found.append(
            f"With {len(result.studies)} data sets this probability depends on the prior of the "
            "test, half a data set without any difference, nearly as much as on the data."
        )
    return found + [f"Practically equivalent: {'; '.join(same)}."] * bool(same)


def save(result: StudiesComparison) -> None:
    """Write across.json."""
    shared = ("studies", "candidates", "rope", "p", "least_p", "critical_difference")
    records.Across(
        **{name: getattr(result, name) for name in shared},
        ranks=records.MeanRank.from_table(result.table),
        values=result.values.to_dict("index"),
        pairs=records.AcrossPair.from_table(result.pairs),
        each=records.StudyPair.from_table(result.each),
        recommendation=" ".join(sentences(result)),
    ).write(result.study)
