"""What comparing a study's candidates finds, of any task: the order, who ties, the words for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.comparison import conditions, published_results
from helpers.comparison.recommendation import Board, answer, details
from helpers.comparison.seeds import Repeats
from helpers.core.formatting import markdown
from helpers.core.records.parts import Cost

ALPHA = 0.05


@dataclass(frozen=True)
class Comparison:
    """The comparison of a study's candidates.

    ``table`` has a row a candidate, best first: candidate, label, adaptation, value, low, high,
    method, note, rank, rank_low, rank_high, tied (with the winner), accuracy, cost
    (milliseconds an item, NaN if unknown), fit_seconds, parameters.
    ``pairs`` has a row a pair, ``a`` the better placed, its difference in the metric's own unit.
    ``detectable_difference`` is between the winner and the candidate nearest to it;
    ``answer`` has three sentences at most, ``details`` what they leave out; ``seeds`` parts the
    luck of training from that of the items where candidates were run several times;
    ``circumstances`` has all candidates where they were looked at apart.
    """

    study: str
    primary: str
    n: int
    groups: int | None
    table: pd.DataFrame
    pairs: pd.DataFrame
    winner: str
    tied_with: list[str]
    detectable_difference: float
    answer: list[str]
    details: list[str]
    seeds: Repeats
    circumstances: pd.DataFrame
    published: pd.DataFrame
    costs: dict[str, Cost]

    @property
    def recommendation(self) -> str:
        """Return the answer as one paragraph."""
        return " ".join(self.answer)

    @property
    def text(self) -> str:
        """Return the answer and its details as Markdown, a sentence a line."""
        first, *rest = map(markdown, self.answer)
        details = "\n".join(f"- {markdown(each)}" for each in self.details)
        return "\n\n".join([f"**{first}**", *rest, details])

    @property
    def summary(self) -> pd.DataFrame:
        """Return the leaderboard as one table for people."""
        t = self.table
        places = [
            str(a) if a == b else f"{a} to {b}" for a, b in t[["rank_low", "rank_high"]].values
        ]
        against = np.where(t["tied"], "ties", np.where(t["value"].isna(), "undefined", "behind"))
        against[0] = "first"
        return pd.DataFrame(
            {
                "candidate": t["candidate"],
                self.primary: t["value"],
                "low": t["low"],
                "high": t["high"],
                "places": places,
                "against the first": against,
                "cost": t["cost"],
                "fit_seconds": t["fit_seconds"],
            }
        )


def assembled(
    study: str,
    board: Board,
    said: list[str],
    seeds: Repeats,
    entries: Sequence[Any],
) -> Comparison:
    """Mark who ties with the first, and put everything that was found into words.

    Parameters
    ----------
    study
        Its name.
    board
        The candidates in order and their pairs; the table gets its column ``tied``.
    said
        More details, in sentences.
    seeds
        Of candidates that were run several times.
    entries
        What was read of each candidate: ``candidate`` and ``training``.
    """
    table, pairs = board.table, board.pairs
    winner = table["candidate"].iloc[0]
    beaten = set(pairs.loc[(pairs["a"] == winner) & (pairs["p_holm"] < ALPHA), "b"])
    table["tied"] = ~table["candidate"].isin(beaten) & table["value"].notna()
    apart = conditions.of(study, table["candidate"].tolist())
    costs = {entry.candidate: entry.training.cost for entry in entries}
    return Comparison(
        study=study,
        primary=board.primary,
        n=board.items,
        groups=board.groups,
        table=table,
        pairs=pairs,
        winner=winner,
        tied_with=table.loc[table["tied"], "candidate"].tolist()[1:],
        detectable_difference=np.nan if board.nearest is None else board.nearest["detectable"],
        answer=answer(board),
        details=[*details(board), *conditions.sentences(apart, winner), *said],
        seeds=seeds,
        circumstances=apart,
        published=published_results.beside(study, list(costs)),
        costs=costs,
    )
