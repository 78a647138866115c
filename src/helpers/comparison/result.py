"""What comparing a study's candidates gives, for any task: the order, the ties, the words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.comparison import caveats, conditions, published_results, study_records
from helpers.comparison.board import FIRST, OPEN, UNDEFINED, WORSE, Board
from helpers.comparison.recommendation import answer, details, named
from helpers.comparison.seeds import Repeats
from helpers.core.formatting import markdown
from helpers.core.records.parts import Cost
from helpers.core.records.training import Training
from helpers.metrics.statistics.intervals import Estimate


@dataclass(frozen=True)
class Comparison:
    """The comparison of a study's candidates.

    ``table``, ``pairs`` and ``expected`` are a ``Board``'s. ``detectable_difference`` is between
    the winner and the candidate nearest to it; ``answer`` has at most three sentences, and after
    the first the doubts about the winner; ``details`` has the other caveats, then what is left out.
    ``conditions`` has all candidates on subsets and harder items, ``languages`` on each language,
    ``splits`` in each of the folds. ``same`` names candidates that are left out, and the one that
    each of them is.
    """

    study: str
    primary: str
    n: int
    groups: int | None
    table: pd.DataFrame
    pairs: pd.DataFrame
    winner: str
    expected: Estimate
    margin: float | None
    tied_with: list[str]
    detectable_difference: float
    answer: list[str]
    details: list[str]
    seeds: Repeats | None
    conditions: pd.DataFrame
    languages: pd.DataFrame
    published: pd.DataFrame
    costs: dict[str, Cost]
    splits: pd.DataFrame
    same: dict[str, str] = field(default_factory=dict)

    @property
    def recommendation(self) -> str:
        """The answer as one paragraph."""
        return " ".join(self.answer)

    @property
    def text(self) -> str:
        """The answer and its details as Markdown, one sentence per line."""
        first, *rest = map(markdown, self.answer)
        details = "\n".join(f"- {markdown(sentence)}" for sentence in self.details)
        return "\n\n".join([f"**{first}**", *rest, details])

    @property
    def summary(self) -> pd.DataFrame:
        """The leaderboard as one table for readers."""
        # What the word beside says of the first place holds, whatever the tests of all pairs say.
        low, high, said = (self.table[key] for key in ("rank_low", "rank_high", "verdict"))
        low = low.clip(lower=2).where(said == WORSE, low).where(said != OPEN, 1)
        alone = (said == FIRST) & (said[1:].isin([WORSE, UNDEFINED]).all())
        ranks = zip(low, high.where(~alone, 1), strict=True)
        places = [str(low) if low == high else f"{low} to {high}" for low, high in ranks]
        columns = ["candidate", "value", "low", "high", "places", "verdict", "cost", "fit_seconds"]
        named = {"value": self.primary, "verdict": "against the first"}
        return self.table.assign(places=places)[columns].rename(columns=named)


def assemble(
    study: str,
    trainings: Iterable[Training],
    board: Board,
    more_details: Sequence[str] = (),
) -> Comparison:
    """Put the comparison into words, with what the records say against it."""
    order, seeds, winner = board.table["runs"].sum(), board.seeds, board.winner["run"]
    ordered = sorted(trainings, key=lambda training: order.index(training.candidate))
    records = study_records.read(study, ordered)
    conditioned = conditions.gather(records)
    extra = [*conditions.sentences(conditioned, winner), *(seeds.sentences if seeds else [])]
    extra += caveats.of_labels(records, board.table)
    (first, *rest), doubts = answer(board), caveats.of_winner(records, winner)
    against = [*caveats.of_data(records), *caveats.of_training(records.trainings.values(), winner)]
    against += [*caveats.of_languages(records), *caveats.of_engines(records.trainings.values())]
    return Comparison(
        study=study,
        primary=board.primary,
        n=board.items,
        groups=board.groups,
        table=board.table,
        pairs=board.pairs,
        winner=board.winner["candidate"],
        expected=board.expected,
        margin=board.margin,
        tied_with=board.tied["candidate"].tolist(),
        detectable_difference=np.nan if board.nearest is None else board.nearest["shows"],
        answer=named([first, *doubts, *rest], board.table),
        details=named([*against, *details(board), *extra, *more_details], board.table),
        seeds=seeds,
        conditions=conditioned,
        languages=conditions.languages(records),
        published=published_results.published_next_to_ours(records),
        costs={name: training.cost for name, training in records.trainings.items()},
        splits=board.splits,
    )
