"""The candidates of a study in order and in pairs: what the leaderboard and the answer rest on."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.core.records.base import or_nan
from helpers.core.records.training import Training
from helpers.metrics.paired_tests import Pair, rank_intervals
from helpers.metrics.registry import lower_is_better
from helpers.metrics.statistics.intervals import Estimate

ALPHA = 0.05  # corrected p-values below this are significant
PAIR = ["a", "b", "difference", "low", "high", "p", "p_holm", "error", "detectable"]
PAIR += ["items_needed", "method"]


@dataclass(frozen=True)
class Board:
    """The candidates, best first, and their pairs.

    ``table`` has a row per candidate: rank, candidate, label, adaptation, value, low, high, method,
    note, accuracy, cost (milliseconds per item, NaN if unknown), fit_seconds, parameters, rank_low,
    rank_high, tied (with the winner). ``pairs`` has a row per pair, ``a`` the better placed, its
    difference in the metric's own unit. ``groups`` counts the resampled groups, if any, and
    ``group`` names one; ``right`` says what a candidate does on an item that counts for accuracy.
    """

    table: pd.DataFrame
    pairs: pd.DataFrame
    primary: str
    items: int
    groups: int | None = None
    group: str = "group"
    right: str = "is right on"

    @property
    def winner(self) -> pd.Series:
        """The first row."""
        return self.table.iloc[0]

    @property
    def tied(self) -> pd.DataFrame:
        """The rows that tie with the winner."""
        rest = self.table.iloc[1:]
        return rest[rest["tied"]]

    @property
    def winner_pairs(self) -> pd.DataFrame:
        """The winner's pairs, by the other one's name."""
        return self.pairs[self.pairs["a"] == self.winner["candidate"]].set_index("b")

    @property
    def nearest(self) -> pd.Series | None:
        """The winner's pair with the first tied candidate that answers differently.

        If none ties it is the closest one; None where nothing else has a value.
        """
        defined = self.winner_pairs.dropna(subset=["detectable"])
        if not len(defined):
            return None
        tied = defined[defined.index.isin(self.tied["candidate"])]
        if not len(tied):
            return defined.loc[defined["difference"].abs().idxmin()]
        different = tied[(tied["difference"] != 0) | (tied["p"] < 1)]
        return (different if len(different) else tied).iloc[0]


def row(training: Training, result: Estimate, accuracy: float) -> dict[str, Any]:
    """Lay out a candidate's row of the table."""
    cost, adaptation = training.cost, training.adaptation
    model = training.resolved_model.removeprefix("predictions:")
    return {
        "candidate": training.candidate,
        "label": f"{adaptation}: {model}" if adaptation else training.candidate,
        "adaptation": adaptation,
        **asdict(result),
        "accuracy": accuracy,
        "cost": 1000 / cost.items_per_second if cost.items_per_second else np.nan,
        "fit_seconds": or_nan(cost.fit_seconds),
        "parameters": or_nan(cost.parameters),
    }


def in_order(rows: Sequence[dict[str, Any]], primary: str) -> pd.DataFrame:
    """Put the best row first, equal ones by cost, then name; the index has their old positions."""
    table = pd.DataFrame(rows)
    key = table["value"] if lower_is_better(primary) else -table["value"]
    table = table.assign(key=key).sort_values(["key", "cost", "candidate"], na_position="last")
    table = table.drop(columns="key")
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table


def with_pairs(
    table: pd.DataFrame, pairs: Sequence[Pair], primary: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add ranks and ties to an ordered table; return it and the pairs by candidates' names."""
    table, names = table.reset_index(drop=True), table["candidate"].tolist()
    ranks = rank_intervals(list(pairs), len(table), lower_is_better(primary))
    table["rank_low"], table["rank_high"] = ranks.T
    rows = [{**asdict(pair), "a": names[pair.a], "b": names[pair.b]} for pair in pairs]
    named = pd.DataFrame(rows, columns=PAIR)
    beaten = named.loc[(named["a"] == names[0]) & (named["p_holm"] < ALPHA), "b"]
    table["tied"] = ~table["candidate"].isin(beaten) & table["value"].notna()
    return table, named
