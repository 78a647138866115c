"""The answer in three sentences, made from the numbers, for a reader without statistics."""

import math
import re

import pandas as pd

from helpers.comparison.board import Board
from helpers.core.formatting import counted, names, p_value, round_up, two_digits
from helpers.metrics.names import amount, metric_name

COUNTLESS = 1_000_000
"""Beyond this many items no required sample size is stated."""
CHEAPER = 1.5
"""Factor by which a tied candidate must be cheaper to be offered: less may be noise in timing."""
NAMED = 4
"""Ties that a sentence names; the leaderboard has them all."""


def answer(board: Board) -> list[str]:
    """Say which comes first and how good it is; its cost and its ties; what the test could show.

    Returns
    -------
    list of str
        At most three sentences, plain text without markup.
    """
    if math.isnan(board.winner["value"]):
        name = metric_name(board.primary)
        return [f"No candidate has a defined {name} on these {board.items:,} test items."]
    if len(board.table) == 1:
        return [_quality(board), f"{_cost(board.winner)}; there is no other candidate to compare."]
    return [_quality(board), f"{_cost(board.winner)}; {_lead(board)}.", _resolution(board)]


def details(board: Board) -> list[str]:
    """Say what the three sentences leave out: cheaper ties, baselines, undefined values."""
    if math.isnan(board.winner["value"]) or len(board.table) == 1:
        return []
    undefined = board.table.loc[board.table["value"].isna(), "candidate"].tolist()
    found = [_cheaper(board), _tied_baselines(board), _baselines(board)]
    if undefined:
        found.append(f"{metric_name(board.primary)} is undefined for {names(undefined)}.")
    return [sentence for sentence in found if sentence]


def _quality(board: Board) -> str:
    winner, of = board.winner, min(100, board.items)
    interval = f" (95 % CI [{winner['low']:.3f}, {winner['high']:.3f}])"
    return (
        f"{_who(winner)} comes first on {board.items:,} test items: it {board.right} "
        f"{of * winner['accuracy']:.0f} of {of}, and its {metric_name(board.primary)} is "
        f"{winner['value']:.3f}{'' if math.isnan(winner['low']) else interval}."
    )


def _who(row: pd.Series) -> str:
    """Name a candidate, and its model where the name alone does not tell."""
    model = row["label"].partition(": ")[2]
    harmless = re.fullmatch(r"[\w:.-]+", model)
    told = row["adaptation"] == "baseline" or model in row["candidate"]
    return row["candidate"] if told or not harmless else f"{row['candidate']} ({row['label']})"


def _cost(row: pd.Series) -> str:
    parts = []
    if not math.isnan(row["cost"]):
        parts.append(f"{two_digits(row['cost'])} ms per item to predict")
    if not math.isnan(row["fit_seconds"]):
        parts.append(f"{two_digits(row['fit_seconds'])} s to train")
    return f"It takes {' and '.join(parts)}" if parts else "Its cost is unknown"


def _lead(board: Board) -> str:
    tied, pairs, nearest = board.tied, board.winner_pairs, board.nearest
    if not len(tied):
        if nearest is None:
            return "no other candidate has a value to compare"
        by = amount(abs(nearest["difference"]), board.primary)
        p = p_value(pairs["p_holm"].max())
        lead = f"its lead over every other candidate, at least {by} ({nearest.name}),"
        return f"{lead} is significant ({p})"
    listed = tied["candidate"].tolist()
    tie = f"{names(listed, NAMED)} {'ties' if len(listed) == 1 else 'tie'} with it"
    widest = pairs.loc[listed, "difference"].abs().max()
    if widest == 0:
        return f"{tie} exactly"
    gap = amount(widest, board.primary)
    lead = f"a lead of {gap}" if len(listed) == 1 else f"leads of up to {gap}"
    return f"{tie}: {lead} may be chance here"


def _resolution(board: Board) -> str:
    """Say what so many items show, and how many would separate the winner from the nearest."""
    pair = board.nearest
    if pair is None:
        return f"On {board.items:,} items there is nothing to compare."
    if not math.isfinite(pair["items_needed"]):
        return f"{pair.name} scores exactly the same: more items may never separate the two."
    reliable = amount(pair["detectable"], board.primary)
    shows = f"{_tested(board)} reliably show a lead over {pair.name} of about {reliable} or more"
    if not len(board.tied):
        if abs(pair["difference"]) >= pair["detectable"]:
            return f"{shows}, and this lead is larger."
        return f"{shows}; this lead is smaller, so other items might not show it."
    if pair["items_needed"] > COUNTLESS:
        return f"{shows}; the two are so close that no realistic number of items separates them."
    return f"{shows}; to separate the two takes {_needed(board, pair)}, if the difference is real."


def _tested(board: Board) -> str:
    """Say how many items were tested, and of how many groups."""
    items = counted(board.items, "test item")
    return items if board.groups is None else f"{items} of {counted(board.groups, board.group)}"


def _needed(board: Board, pair: pd.Series) -> str:
    """Say how many units of the bootstrap would show the difference of a pair that ties."""
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
        f"The cheapest tied candidate is {pick['candidate']} ({two_digits(pick['cost'])} ms per "
        f"item, {loss} behind): take it unless that difference matters more than the cost."
    )


def _tied_baselines(board: Board) -> str:
    tied = board.tied.loc[board.tied["adaptation"] == "baseline", "candidate"].tolist()
    if not tied or board.winner["adaptation"] == "baseline":
        return ""
    return (
        f"A baseline ties ({names(tied)}): on these items the winner has not shown that it is "
        "worth its cost."
    )


def _baselines(board: Board) -> str:
    if board.winner["adaptation"] == "baseline":
        return f"The winner is a baseline: {_behind(board)}."
    rest = board.table.iloc[1:]
    beaten = rest[(rest["adaptation"] == "baseline") & ~rest["tied"] & rest["value"].notna()]
    if not len(beaten):
        return ""
    leads = [
        f"{row['candidate']} by {amount(abs(board.winner['value'] - row['value']), board.primary)}"
        for _, row in beaten.iterrows()
    ]
    return f"The winner beats the baseline{'s' * (len(leads) > 1)} {names(leads)}."


def _behind(board: Board) -> str:
    """Say how far behind a winning baseline the best of the others is."""
    rest = board.table[board.table["adaptation"] != "baseline"].dropna(subset=["value"])
    if not len(rest):
        return "nothing else in this study has a value to compare with it"
    best = rest.iloc[0]
    other = f"the best other candidate, {best['candidate']},"
    if best["value"] == board.winner["value"]:
        return f"{other} scores exactly the same"
    by = amount(abs(board.winner["value"] - best["value"]), board.primary)
    return f"{other} is {by} behind, which {'may be chance' if best['tied'] else 'is significant'}"
