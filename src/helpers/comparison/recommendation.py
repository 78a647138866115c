"""The answer in three sentences, made from the numbers, for a reader who is no statistician."""

import math
import re
from dataclasses import dataclass

import pandas as pd

from helpers.core.formatting import counted, names, p_value, round_up, two_digits
from helpers.metrics.names import amount, metric_name

COUNTLESS = 1_000_000
"""Items from which it is idle to say how many more would be needed."""
CHEAPER = 1.5
"""How many times as cheap a candidate must be to be offered: less may be the luck of timing."""
NAMED = 4
"""Ties that a sentence names; the leaderboard has them all."""


@dataclass(frozen=True)
class Board:
    """What the answer is made of: the tables of a ``comparison.Comparison``, best first.

    Where whole groups of items were drawn, ``groups`` is their number and ``group`` what one is;
    ``right`` says what a candidate does to an item that counts for its accuracy.
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
        """Return the first row."""
        return self.table.iloc[0]

    @property
    def tied(self) -> pd.DataFrame:
        """Return the rows that tie with the winner."""
        rest = self.table.iloc[1:]
        return rest[rest["tied"]]

    @property
    def own(self) -> pd.DataFrame:
        """Return the winner's pairs, by the other one's name."""
        return self.pairs[self.pairs["a"] == self.winner["candidate"]].set_index("b")

    @property
    def nearest(self) -> pd.Series | None:
        """Return the winner's pair with the first that ties and does not answer exactly alike.

        If none ties it is the closest one; None where nothing else has a value.
        """
        known = self.own.dropna(subset=["detectable"])
        if not len(known):
            return None
        tied = known[known.index.isin(self.tied["candidate"])]
        if not len(tied):
            return known.loc[known["difference"].abs().idxmin()]
        apart = tied[(tied["difference"] != 0) | (tied["p"] < 1)]
        return (apart if len(apart) else tied).iloc[0]


def answer(board: Board) -> list[str]:
    """Say which comes first and how good it is; what it costs and what ties; what would tell.

    Returns
    -------
    list of str
        Three sentences at most, plain text without markup.
    """
    if math.isnan(board.winner["value"]):
        name = metric_name(board.primary)
        return [f"No candidate has a defined {name} on these {board.items:,} test items."]
    if len(board.table) == 1:
        return [_quality(board), f"{_cost(board.winner)}; there is no other candidate to compare."]
    return [_quality(board), f"{_cost(board.winner)}; {_lead(board)}.", _resolution(board)]


def details(board: Board) -> list[str]:
    """Say what the three sentences leave out: plain baselines, cheaper ties, what is undefined."""
    if math.isnan(board.winner["value"]) or len(board.table) == 1:
        return []
    undefined = board.table.loc[board.table["value"].isna(), "candidate"].tolist()
    found = [_cheaper(board), _plain_ties(board), _baselines(board)]
    if undefined:
        found.append(f"{metric_name(board.primary)} is undefined for {names(undefined)}.")
    return [sentence for sentence in found if sentence]


def _quality(board: Board) -> str:
    winner, tested = board.winner, f"{board.items:,} test items"
    of = min(100, board.items)
    right = f"{_who(winner)} comes first: it {board.right} {of * winner['accuracy']:.0f} of {of}"
    value = f"its {metric_name(board.primary)} is {winner['value']:.3f}"
    if math.isnan(winner["low"]):
        return f"{right} unseen items, and {value}, on {tested}."
    limits = f"95 % interval {winner['low']:.3f} to {winner['high']:.3f}"
    return f"{right} unseen items, and {value} ({limits}, from {tested})."


def _who(row: pd.Series) -> str:
    """Name a candidate, and its model where the name alone does not tell."""
    model = row["label"].partition(": ")[2]
    plain = re.fullmatch(r"[\w:.-]+", model)
    told = row["adaptation"] == "baseline" or model in row["candidate"]
    return row["candidate"] if told or not plain else f"{row['candidate']} ({row['label']})"


def _cost(row: pd.Series) -> str:
    parts = []
    if not math.isnan(row["cost"]):
        parts.append(f"{two_digits(row['cost'])} ms an item to predict")
    if not math.isnan(row["fit_seconds"]):
        parts.append(f"{two_digits(row['fit_seconds'])} s to train")
    return f"It takes {' and '.join(parts)}" if parts else "What it costs is not known"


def _lead(board: Board) -> str:
    tied, own = board.tied, board.own
    if not len(tied):
        if board.nearest is None:
            return "no other candidate has a value to compare"
        by = amount(abs(board.nearest["difference"]), board.primary)
        lead = f"its lead over every other one, {by} over {board.nearest.name} at the least"
        return f"{lead}, is more than chance ({p_value(own['p_holm'].max())})"
    listed = tied["candidate"].tolist()
    widest = own.loc[listed, "difference"].abs().max()
    if widest == 0:
        return f"{names(listed, NAMED)} {'ties' if len(listed) == 1 else 'tie'} with it exactly"
    gap = amount(widest, board.primary)
    if len(listed) == 1:
        return f"{listed[0]} ties with it, as a lead of {gap} may be chance here"
    return f"{names(listed, NAMED)} tie with it, as leads of up to {gap} may be chance here"


def _resolution(board: Board) -> str:
    """Say what so many items show, and how many would tell the winner from the nearest."""
    pair = board.nearest
    if pair is None:
        return f"On {board.items:,} items there is nothing to tell apart."
    if not math.isfinite(pair["items_needed"]):
        return f"As {pair.name} scores exactly the same, more items may never part the two."
    reliable = amount(pair["detectable"], board.primary)
    shows = f"With {_tested(board)} a lead over {pair.name} shows reliably from about {reliable} on"
    if not len(board.tied):
        if abs(pair["difference"]) >= pair["detectable"]:
            return f"{shows}, and this one does."
        return f"{shows}: this one is smaller, so other items might not show it."
    if pair["items_needed"] > COUNTLESS:
        return f"{shows}; the two are so close that no number of items at hand would part them."
    return f"{shows}; to tell the two apart would take {_needed(board, pair)}, if theirs is real."


def _tested(board: Board) -> str:
    """Say how many items were tested, and of how many groups."""
    items = counted(board.items, "test item")
    return items if board.groups is None else f"{items} of {counted(board.groups, board.group)}"


def _needed(board: Board, pair: pd.Series) -> str:
    """Say how many units that are drawn would show the difference of a pair that ties."""
    tested, unit = (board.items, "item") if board.groups is None else (board.groups, board.group)
    needed = round_up(pair["items_needed"] * tested / board.items)
    return f"about {needed:,} {unit}s" if needed > tested else f"a few more {unit}s"


def _cheaper(board: Board) -> str:
    cheap = board.tied[CHEAPER * board.tied["cost"] < board.winner["cost"]].sort_values("cost")
    if not len(cheap):
        return ""
    pick = cheap.iloc[0]
    loss = amount(abs(pick["value"] - board.winner["value"]), board.primary)
    return (
        f"The cheapest of those that tie is {pick['candidate']} ({two_digits(pick['cost'])} ms an "
        f"item, {loss} behind): take it unless that matters more than the cost."
    )


def _plain_ties(board: Board) -> str:
    plain = board.tied.loc[board.tied["adaptation"] == "baseline", "candidate"].tolist()
    if not plain or board.winner["adaptation"] == "baseline":
        return ""
    return (
        f"A plain baseline ties ({names(plain)}): on these items the winner has not shown that it "
        "is worth its cost."
    )


def _baselines(board: Board) -> str:
    if board.winner["adaptation"] == "baseline":
        return f"It is a plain baseline: {_behind(board)}."
    rest = board.table.iloc[1:]
    plain = rest[(rest["adaptation"] == "baseline") & ~rest["tied"] & rest["value"].notna()]
    if not len(plain):
        return ""
    leads = [
        f"{row['candidate']} by {amount(abs(board.winner['value'] - row['value']), board.primary)}"
        for _, row in plain.iterrows()
    ]
    return f"It beats the plain baseline{'s' * (len(leads) > 1)} {names(leads)}."


def _behind(board: Board) -> str:
    """Say how far behind a plain winner the best of the others is."""
    rest = board.table[board.table["adaptation"] != "baseline"].dropna(subset=["value"])
    if not len(rest):
        return "nothing else in this study has a value to hold against it"
    best = rest.iloc[0]
    who = f"the best candidate that is not one, {best['candidate']},"
    if best["value"] == board.winner["value"]:
        return f"{who} scores exactly the same"
    by = amount(abs(board.winner["value"] - best["value"]), board.primary)
    sure = "which may be chance" if best["tied"] else "more than chance explains"
    return f"{who} is {by} behind, {sure}"
