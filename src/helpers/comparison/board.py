"""The candidates of a study in order and in pairs: what the leaderboard and the answer rest on."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from helpers.comparison.seeds import Repeats
from helpers.core.records.base import or_nan
from helpers.core.records.training import Training
from helpers.metrics.paired_tests import Pair, rank_intervals
from helpers.metrics.registry import lower_is_better
from helpers.metrics.statistics.intervals import Estimate

PAIR = ["a", "b", "difference", "low", "high", "p", "p_holm", "error", "detectable"]
PAIR += ["items_low", "items_high", "method"]
# What may be said of a candidate beside the first one.
FIRST, SAME, OPEN = "first", "the same in practice", "not told apart"
WORSE, UNDEFINED = "worse", "undefined"
# Factor by which a candidate must be cheaper to count as such: less may be noise in timing.
CHEAPER = 1.5
BESIDE = ["lead", "lead_low", "lead_high", "p", "level", "shows", "needed"]


@dataclass(frozen=True)
class Board:
    """The candidates, best first, and their pairs; runs of several seeds are one candidate.

    ``table`` has a row per candidate: rank, candidate, runs, run (the one nearest to their mean),
    label, adaptation, value, low, high, method, note, accuracy, cost (milliseconds per item, NaN if
    unknown), fit_seconds, pretrain_seconds, parameters, device, rank_low, rank_high, tied (may be
    the best), the verdict, and by how much the winner is better: lead, lead_low, lead_high. Of the
    test of that, p, the level it must reach, the lead that it ``shows`` in four tries of five, and
    the items ``needed`` to show half of that, or the margin. ``pairs`` has a row per pair,
    ``a`` the better placed, its difference in the metric's unit. ``expected`` is what to expect of
    the winner, ``groups`` how many are resampled; ``right`` says what a candidate does on an item
    that counts for accuracy; a column ``told`` of the table says it otherwise. ``one`` is what an
    item is called.
    """

    table: pd.DataFrame
    pairs: pd.DataFrame
    primary: str
    items: int
    expected: Estimate
    groups: int | None = None
    group: str = "group"
    right: str = "is right on"
    one: str = "item"
    margin: float | None = None
    seeds: Repeats | None = None
    splits: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def winner(self) -> pd.Series:
        """The first row."""
        return self.table.iloc[0]

    @property
    def tied(self) -> pd.DataFrame:
        """The other rows that may be the best one."""
        rest = self.table.iloc[1:]
        return rest[rest["tied"]]

    @property
    def nearest(self) -> pd.Series | None:
        """The first tied candidate that answers differently.

        If none ties it is the closest one; None where nothing else has a value.
        """
        rest = self.table.iloc[1:].dropna(subset=["lead"])
        if not len(rest):
            return None
        tied = rest[rest["tied"]]
        if not len(tied):
            return rest.loc[rest["lead"].idxmin()]
        different = tied[(tied["lead"] != 0) | (tied["p"] < 1)]
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
        "pretrain_seconds": or_nan(cost.pretrain_seconds),
        "parameters": or_nan(cost.parameters),
        "device": cost.device or "",
    }


def in_order(rows: Sequence[dict[str, Any]], primary: str) -> pd.DataFrame:
    """Put the best row first, equal ones by cost, then name; the index has their old positions."""
    table = pd.DataFrame(rows)
    key = table["value"] if lower_is_better(primary) else -table["value"]
    steps = table.groupby(key, dropna=False)["cost"].transform(_steps)
    table = table.assign(key=key, step=steps).sort_values(["key", "step", "candidate"])
    table = table.drop(columns=["key", "step"])
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table


def _steps(costs: pd.Series) -> pd.Series:
    """Give costs that timing does not tell apart one value, the least of them; NaN stays NaN."""
    found, least = pd.Series(np.nan, costs.index), np.nan
    for place, cost in costs.dropna().sort_values().items():
        least = least if cost <= CHEAPER * least else cost
        found[place] = least
    return found


def with_pairs(
    table: pd.DataFrame,
    pairs: Sequence[Pair],
    primary: str,
    levels: Sequence[float],
    margin: float | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add ranks, leads and verdicts to an ordered table; return it and the pairs by names.

    A candidate ties with the first unless the test of the two is significant at its own of the
    ``levels`` [M]: see ``comparisons_with_best``.
    """
    table, names = table.reset_index(drop=True), table["candidate"].tolist()
    sign = -1 if lower_is_better(primary) else 1
    ranks = rank_intervals(list(pairs), len(table), lower_is_better(primary))
    table["rank_low"], table["rank_high"] = ranks.T
    beside: list[list[float]] = [[np.nan] * len(BESIDE)]
    for pair, level in zip(pairs, levels[1:], strict=False):  # the first one's come first
        low, high = sorted((sign * pair.low, sign * pair.high))
        power = pair.power
        shows = power.detectable(level) if power else np.nan
        needed = power.items_needed(margin or shows / 2, level) if power else np.nan
        beside.append([sign * pair.difference, low, high, pair.p, level, shows, needed])
    table = table.join(pd.DataFrame(beside, columns=BESIDE))
    table["tied"] = ~(table["p"] < table["level"]) & table["value"].notna()
    same = table[["lead_low", "lead_high"]].abs().max(axis=1) <= (margin or -1)
    cases = [table["rank"] == 1, table["value"].isna(), same, table["tied"]]
    table["verdict"] = np.select(cases, [FIRST, UNDEFINED, SAME, OPEN], WORSE)
    # the interval of one pair alone may say otherwise than the test among several
    low, verdict = table["lead_low"], table["verdict"]
    low = low.clip(upper=0).where(verdict == OPEN, low)
    table["lead_low"] = low.clip(lower=0).where(verdict == WORSE, low)
    rows = [{**asdict(pair), "a": names[pair.a], "b": names[pair.b]} for pair in pairs]
    return table, pd.DataFrame(rows, columns=PAIR)
