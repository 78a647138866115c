"""The answer in three sentences, made from the numbers, for a reader without statistics."""

import math
import re

import pandas as pd

from helpers.comparison.board import ALPHA, Board
from helpers.core.formatting import counted, names, p_value, round_up, two_digits
from helpers.evaluation.evaluation import interval
from helpers.metrics.names import amount, metric_name
from helpers.metrics.statistics.intervals import FEW_GROUPS

FEW = 10  # test items below which any order is luck
COUNTLESS = 1_000_000  # beyond this many items no required sample size is stated
OWN_NAMES = ("baseline", "predictions")  # adaptations whose candidates have no model to name
NAMED = 4  # ties that a sentence names; the leaderboard has them all
# Factor by which a tied candidate must be cheaper to be offered: less may be noise in timing.
CHEAPER = 1.5


def answer(board: Board) -> list[str]:
    """Say in at most three sentences which is first, its cost and ties, what the test can show."""
    if math.isnan(board.winner["value"]):
        name = metric_name(board.primary)
        return [f"No candidate has a defined {name} on these {board.items:,} test items."]
    if board.items < FEW:
        few = f"{counted(board.items, 'test item')} say nothing about which candidate is better"
        return [_quality(board), f"{few}: test on {FEW} at the very least, better on hundreds."]
    if len(board.table) == 1:
        return [_quality(board), f"{_cost(board.winner)}; there is no other candidate to compare."]
    return [_quality(board), f"{_cost(board.winner)}; {_lead(board)}.", _resolution(board)]


def details(board: Board) -> list[str]:
    """Say what the three sentences leave out: cheaper ties, baselines, undefined values."""
    if math.isnan(board.winner["value"]):
        return []
    if len(board.table) == 1:
        return [*filter(None, [_few_groups(board)])]
    lines = [_few_groups(board), _cheaper(board), _tied_baselines(board), _baselines(board)]
    undefined = board.table.loc[board.table["value"].isna(), "candidate"].tolist()
    if undefined:
        lines.append(f"{metric_name(board.primary)} is undefined for {names(undefined)}.")
    return [*filter(None, lines)]


def _quality(board: Board) -> str:
    winner, of = board.winner, min(100, board.items)
    return (
        f"{winner['candidate']} comes first on {board.items:,} test items: it {board.right} "
        f"{of * winner['accuracy']:.0f} of {of}, and its {metric_name(board.primary)} is "
        f"{interval(winner)}."
    )


def named(sentences: list[str], table: pd.DataFrame) -> list[str]:
    """Add its model to the first mention of each candidate whose name alone does not tell it."""
    text = "\n".join(sentences)
    for row in table[~table["adaptation"].isin(OWN_NAMES)].itertuples():
        model = row.label.partition(": ")[2]
        told = re.sub(r"[^a-z0-9]+", "-", model.lower()).strip("-") in row.candidate
        mention = re.search(rf"(?<![\w.-]){re.escape(row.candidate)}(?![\w-]|\.\w)", text)
        if mention and not told and re.fullmatch(r"[\w:.@/-]+", model):
            text = f"{text[: mention.end()]} ({row.label}){text[mention.end() :]}"
    return text.split("\n") if sentences else []


def _cost(row: pd.Series) -> str:
    parts = []
    if not math.isnan(row["cost"]):
        parts.append(f"{two_digits(row['cost'])} ms per item to predict")
    if not math.isnan(row["fit_seconds"]):
        parts.append(f"{two_digits(row['fit_seconds'])} s to train")
    return f"It takes {' and '.join(parts)}" if parts else "Its cost is unknown"


def _lead(board: Board) -> str:
    tied, pairs, nearest = board.tied["candidate"].tolist(), board.winner_pairs, board.nearest
    if tied:
        tie = f"{names(tied, NAMED)} {'ties' if len(tied) == 1 else 'tie'} with it"
        widest = pairs.loc[tied, "difference"].abs().max()
        if widest == 0:
            return f"{tie} exactly"
        gap = amount(widest, board.primary)
        lead = f"a lead of {gap}" if len(tied) == 1 else f"leads of up to {gap}"
        return f"{tie}: {lead} may be chance"
    if nearest is None:
        return "no other candidate has a value to compare"
    by, p = amount(abs(nearest["difference"]), board.primary), p_value(pairs["p_holm"].max())
    lead = f"its lead over every other candidate, at least {by} ({nearest.name}),"
    return f"{lead} is significant ({p})"


def _resolution(board: Board) -> str:
    """Say what so many items show, and how many would separate the winner from the nearest."""
    pair = board.nearest
    if pair is None:
        return f"On {board.items:,} items there is nothing to compare."
    if not math.isfinite(pair["items_needed"]):
        return f"{pair.name} scores exactly the same: more items may never separate the two."
    tested, unit = (board.items, "item") if board.groups is None else (board.groups, board.group)
    if tested < (enough := _least_units(board)):
        return (
            f"With only {counted(tested, unit)} no test can show that any candidate is better, "
            f"whatever its lead: that takes {enough} or more."
        )
    of_groups = "" if board.groups is None else f" of {counted(tested, unit)}"
    shows = (
        f"{counted(board.items, 'test item')}{of_groups} reliably show a lead over {pair.name} of "
        f"about {amount(pair['detectable'], board.primary)} or more"
    )
    if not len(board.tied):
        if abs(pair["difference"]) >= pair["detectable"]:
            return f"{shows}, and this lead is larger."
        return f"{shows}; this lead is smaller, so other items might not show it."
    if pair["items_needed"] > COUNTLESS:
        return f"{shows}; the two are so close that no realistic number of items separates them."
    needed = round_up(pair["items_needed"] * tested / board.items)
    units = f"about {needed:,} {unit}s" if needed > tested else f"a few more {unit}s"
    return f"{shows}; to separate the two takes {units}, if the difference is real."


def _few_groups(board: Board) -> str:
    if board.groups is None or board.groups >= FEW_GROUPS:
        return ""
    return (
        f"The {board.items:,} test items come from only {counted(board.groups, board.group)}, and "
        "hold no more independent observations than that: intervals may be too narrow."
    )


def _least_units(board: Board) -> int:
    """Count the units that a test needs: it swaps them whole, and with fewer any lead is chance."""
    return math.floor(math.log2(2 * max(1, len(board.pairs)) / ALPHA)) + 1


def _cheaper(board: Board) -> str:
    if (board.groups or board.items) < _least_units(board):
        return ""  # a tie is no evidence there
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
    shown = "these items do not show that the winner is worth its cost"
    return f"A baseline ties ({names(tied)}): {shown}."


def _baselines(board: Board) -> str:
    """Say which baselines the winner beats, or that it is one and how far the others are behind."""
    winner, table = board.winner, board.table.dropna(subset=["value"])
    gaps = (table["value"] - winner["value"]).abs().map(lambda gap: amount(gap, board.primary))
    table, baseline = table.assign(gap=gaps), table["adaptation"] == "baseline"
    if winner["adaptation"] != "baseline":
        beaten = table[baseline & ~table["tied"]]
        leads = [f"{row.candidate} by {row.gap}" for row in beaten.itertuples()]
        plural = "s" * (len(leads) > 1)
        return f"The winner beats the baseline{plural} {names(leads)}." if leads else ""
    others = table[~baseline]
    if not len(others):
        return "The winner is a baseline: no other kind of candidate has a value to compare."
    best = others.iloc[0]
    behind = (
        f"is {best['gap']} behind, which {'may be chance' if best['tied'] else 'is significant'}"
    )
    if best["value"] == winner["value"]:
        behind = "scores exactly the same"
    return f"The winner is a baseline: the best other candidate, {best['candidate']}, {behind}."
