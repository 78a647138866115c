"""The answer in three sentences, made from the numbers, for a reader without statistics."""

import math
import re

import numpy as np
import pandas as pd

from helpers.comparison.board import CHEAPER, OPEN, SAME, WORSE, Board
from helpers.core.formatting import counted, names, round_up, two_digits
from helpers.evaluation.evaluation import interval
from helpers.metrics.names import amount, metric_name
from helpers.metrics.registry import lower_is_better
from helpers.metrics.statistics.intervals import FEW_GROUPS
from helpers.metrics.statistics.power import least_units

FEW = 10  # test items below which any order is luck
OWN_NAMES = ("baseline", "predictions")  # adaptations whose candidates have no model to name
NAMED = 4  # ties that a sentence names; the leaderboard has them all


def answer(board: Board) -> list[str]:
    """Say in at most three sentences which is first, its cost and ties, what the test can show."""
    if math.isnan(board.winner["value"]):
        name = metric_name(board.primary)
        return [f"No candidate has a defined {name} on these {board.items:,} test {board.one}s."]
    quality, cost, nearest = _quality(board), _cost(board.winner), board.nearest
    if board.items < FEW and (nearest is None or len(board.tied)):
        few = f"{counted(board.items, f'test {board.one}')} cannot show which candidate is best"
        return [quality, f"{few}: test on {FEW} at the very least, better on hundreds."]
    if nearest is None:
        return [quality, f"{cost}; no other candidate has a value to compare."]
    return [quality, f"{cost}; {_lead(board, nearest)}.", _resolution(board, nearest)]


def details(board: Board) -> list[str]:
    """Say what the three sentences leave out: cheaper ties, baselines, undefined values."""
    if math.isnan(board.winner["value"]):
        return []
    if len(board.table) == 1:
        return [*filter(None, [_few_groups(board)])]
    measured = f"On these {board.one}s themselves its {metric_name(board.primary)} is"
    flattered = f"{measured} {interval(board.winner)}; being picked as the best flatters it."
    lines = [_splits(board), _few_groups(board)]
    lines += [flattered * (board.nearest is not None), _cheaper(board)]
    lines += [_tied_baselines(board), _baselines(board)]
    undefined = board.table.loc[board.table["value"].isna(), "candidate"].tolist()
    if undefined:
        lines.append(f"{metric_name(board.primary)} is undefined for {names(undefined)}.")
    return [*filter(None, lines)]


def _splits(board: Board) -> str:
    """Say of a cross-validation how often the winner is first, and what values stand for."""
    if (first := board.winner["run"]) not in board.splits:
        return ""
    every, values = board.splits, board.splits[first]
    best = every.eq(every.min(axis=1) if lower_is_better(board.primary) else every.max(axis=1), 0)
    alone = int((best[first] & (best.sum(axis=1) == 1)).sum())
    return (
        f"Over the {len(every)} splits of the cross-validation, {first} comes first in "
        f"{best[first].sum()}, alone in {alone}; a single split would have said "
        f"{values.min():.3f} to {values.max():.3f} of it. All values are for a model trained in "
        f"this way on as many {board.one}s."
    )


def _quality(board: Board) -> str:
    winner, of, found = board.winner, min(100, board.items), board.expected
    count, runs = int(board.table["value"].notna().sum()), len(winner["runs"])
    name, mean = metric_name(board.primary), f", the mean of {runs} seeds," * (runs > 1)
    told = winner.get("told") or f"{board.right} {_of(winner['accuracy'], of)} of {of}"
    many = counted(board.items, f"test {board.one}")
    first = f"{winner['candidate']}{mean} comes first on {many}: it {told}"
    if count < 2:
        return f"{first}, and its {name} is {interval(winner)}."
    article, allowed = "an" if name[0] in "aeiouF" else "a", f"allowing for the pick among {count}"
    between = f"95 % interval {found.low:.3f} to {found.high:.3f}, " * math.isfinite(found.low)
    expect = f"expect {article} {name} of {found.value:.3f} on new ones"
    return f"{first}; {expect} ({between}{allowed})."


def _of(share: float, whole: int) -> str:
    """Write a share as a count that is all, or none, only where it is."""
    count = round(share * whole)
    if 0 < share < 1 and count in (0, whole):
        return f"more than {whole - 1}" if count else "fewer than 1"
    return str(count)


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
        before = row.get("pretrain_seconds", math.nan)
        after = "" if math.isnan(before) else f", after {two_digits(before)} s of pretraining"
        parts.append(f"{two_digits(row['fit_seconds'])} s to train{after}")
    return f"It takes {' and '.join(parts)}" if parts else "Its cost is unknown"


def _lead(board: Board, nearest: pd.Series) -> str:
    """Say which candidates may be as good, by how much they may differ, and which are worse."""
    parts = []
    for verdict in (OPEN, SAME):
        rows = board.table[board.table["verdict"] == verdict]
        if len(rows):
            are = "is" if len(rows) == 1 else "are"
            told = f"{names(rows['candidate'].tolist(), NAMED)} {are} {verdict}"
            parts.append(f"{told}{' from it' * (verdict == OPEN)}: {_between(rows, board)}")
    behind = f"{nearest['candidate']} comes nearest, {_between(nearest.to_frame().T, board)}"
    better = f"it is better than every other one: {behind}"
    return "; ".join(parts) or better


def _between(rows: pd.DataFrame, board: Board) -> str:
    """Write between which differences some candidates may be better, or worse, than the first."""
    low, high = rows["lead_low"].min(), rows["lead_high"].max()
    if math.isnan(low):
        return "by how much they differ is not known"
    better, least, worse = (amount(each, board.primary) for each in (-low, low, max(high, 0.0)))
    between = f"between {better} better and {worse} worse"
    between = between if low < 0 else f"{least.split()[0]} to {worse} worse"
    between = "at the widest " * (len(rows) > 1) + between
    exactly = "it scores exactly the same, " * bool((rows["lead"] == 0).all())
    within = f", within the margin of {amount(board.margin or 0, board.primary)}"
    return exactly + between + within * bool((rows["verdict"] == SAME).all())


def _resolution(board: Board, pair: pd.Series) -> str:
    """Say which lead so many items show, and what a smaller one takes."""
    tested, unit = (board.items, board.one) if board.groups is None else (board.groups, board.group)
    of_groups = "" if board.groups is None else f" of {counted(tested, unit)}"
    shown = f"{counted(board.items, f'test {board.one}')}{of_groups} would"
    if not math.isfinite(pair["shows"]):
        if tested >= (least := least_units(pair["level"])):
            return f"{shown} often miss even the largest lead possible over {pair['candidate']}."
        return (
            f"With only {counted(tested, unit)} no test can show that any candidate is better, "
            f"whatever its lead: that takes {least} or more."
        )
    shows = (
        f"{shown} show a true lead of "
        f"{amount(pair['shows'], board.primary)} over {pair['candidate']} four times in five"
    )
    if not len(board.tied):
        size = "larger" if pair["lead"] >= pair["shows"] else "smaller, and might not show again"
        return f"{shows}; this lead is {size}."
    if not math.isfinite(pair["needed"]):
        return f"{shows}; a smaller one takes more runs too, and not {unit}s alone."
    needed = round_up(pair["needed"] * tested / board.items)
    margin = board.margin and f"one of {amount(board.margin, board.primary)}, the margin,"
    return f"{shows}; {margin or 'half that lead'} takes about {needed:,} {unit}s."


def _few_groups(board: Board) -> str:
    if board.groups is None or board.groups >= FEW_GROUPS:
        return ""
    only = f"come from only {counted(board.groups, board.group)}, and hold no more independent"
    many = f"{board.items:,} test {board.one}s {only}"
    return f"The {many} observations than that: intervals may be too narrow."


def _cheaper(board: Board) -> str:
    alike = board.table["device"] == board.winner["device"]  # other devices take other times
    cheap = board.table[alike & (CHEAPER * board.table["cost"] < board.winner["cost"])]
    cheap = cheap.sort_values("cost")
    for verdict, words in (
        (SAME, "is the same in practice: it may be {} worse at most, so take it"),
        (OPEN, "is not told apart: it may be {} worse, so take it only if that is worth it"),
    ):
        rows = cheap[(cheap["verdict"] == verdict) & np.isfinite(cheap["shows"])]
        if len(rows):  # without a test that can show a lead, a tie is no evidence
            pick = rows.iloc[0]
            worse = amount(max(0.0, pick["lead_high"]), board.primary)
            cheaper = f"The cheaper {pick['candidate']} ({two_digits(pick['cost'])} ms per item)"
            return f"{cheaper} {words.format(worse)}."
    return ""


def _tied_baselines(board: Board) -> str:
    good = (board.table["adaptation"] == "baseline") & board.table["verdict"].isin([OPEN, SAME])
    if not good.any() or board.winner["adaptation"] == "baseline":
        return ""
    shown = "these items do not show that the winner is worth its cost"
    return f"A baseline may do as well ({names(board.table.loc[good, 'candidate'])}): {shown}."


def _baselines(board: Board) -> str:
    """Say which baselines the winner beats, or that it is one and how far the others are behind."""
    winner, table = board.winner, board.table.dropna(subset=["value"])
    gaps = (table["value"] - winner["value"]).abs().map(lambda gap: amount(gap, board.primary))
    table, baseline = table.assign(gap=gaps), table["adaptation"] == "baseline"
    if winner["adaptation"] != "baseline":
        beaten = table[baseline & (table["verdict"] == WORSE)]
        leads = [f"{row.candidate} by {row.gap}" for row in beaten.itertuples()]
        plural = "s" * (len(leads) > 1)
        return f"The winner beats the baseline{plural} {names(leads)}." if leads else ""
    others = table[~baseline]
    if not len(others):
        return "The winner is a baseline: no other kind of candidate has a value to compare."
    best = others.iloc[0]
    told = f"{best['verdict']}: " * (best["verdict"] != WORSE)
    behind = f"{best['candidate']}, is {told}{_between(others.iloc[:1], board)}"
    return f"The winner is a baseline: the best other candidate, {behind}."
