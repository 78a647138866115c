"""Figures of several candidates: who leads, by how much, at what cost."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from helpers.figures.style import (
    BLUE,
    GREY,
    INK,
    LINE,
    ORANGE,
    QUIET,
    by_row,
    canvas,
    intervals,
    logarithmic,
    short,
)
from helpers.figures.style import rows as height
from helpers.metrics.direction import LOWER_IS_BETTER

CERTAIN = 0.05
ROOMY = 8
"""Candidates up to which a pair has room for its interval."""


def leaderboard(table: pd.DataFrame, primary: str) -> Figure:
    """Draw each candidate's value with its interval; the winner and its ties are in colour.

    Parameters
    ----------
    table : DataFrame
        Columns candidate, value, low, high, tied; best first.
    primary : str
        The metric's name.
    """
    figure, axes = canvas(height(len(table)))
    colours = [ORANGE, *np.where(table["tied"].iloc[1:], BLUE, GREY)]
    intervals(axes, table, colours)
    by_row(axes, table["candidate"])
    axes.set_xlabel(f"{primary} with its 95 % interval: first, tied with it, behind")
    return figure


def differences(table: pd.DataFrame) -> Figure:
    """Draw paired differences with their intervals, and no difference as a line.

    Parameters
    ----------
    table : DataFrame
        Columns pair, difference, low, high, p_holm.
    """
    figure, axes = canvas(height(len(table)))
    axes.axvline(0, color=INK, lw=0.9)
    certain = table["p_holm"] < CERTAIN
    table = table.rename(columns={"difference": "value"})
    intervals(axes, table, np.where(certain, BLUE, GREY), "{:+.3f}")
    by_row(axes, table["pair"])
    axes.set_xlabel("difference with its 95 % interval; grey where chance may explain it")
    return figure


def every_pair(pairs: pd.DataFrame, order: Sequence[str]) -> Figure:
    """Draw the difference of every two candidates, in colour where it is more than chance.

    Parameters
    ----------
    pairs : DataFrame
        Columns a (the better placed), b, difference, low, high, p_holm.
    order : sequence of str
        The candidates, best first.
    """
    side, roomy = len(order) - 1, len(order) <= ROOMY
    figure, axes = canvas(1.6 + (0.5 if roomy else 0.3) * side, width=min(9.0, 2.6 + 0.9 * side))
    for pair in pairs.itertuples():
        row, column = order.index(pair.a), order.index(pair.b) - 1
        certain = pair.p_holm < CERTAIN
        face = BLUE if certain else LINE
        axes.add_patch(Rectangle((column, row), 1, 1, facecolor=face, edgecolor="white", lw=1.5))
        text = f"{pair.difference:+.3f}" if pair.difference == pair.difference else "undefined"
        text += f"\n[{pair.low:.3f}, {pair.high:.3f}]" if roomy and pair.low == pair.low else ""
        ink = "white" if certain else INK
        axes.text(
            column + 0.5, row + 0.5, _bare(text), ha="center", va="center", color=ink, fontsize=7
        )
    axes.set(xlim=(0, side), ylim=(side, 0), xlabel="the row's candidate minus this one")
    places = np.arange(side) + 0.5
    below = [short(name) for name in order[1:]]
    axes.set_xticks(places, below, rotation=30, ha="right", rotation_mode="anchor")
    axes.set_yticks(places, [short(name) for name in order[:-1]])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure


def _bare(text: str) -> str:
    """Drop the nought before a point, as there is little room."""
    return re.sub(r"\b0\.", ".", text)


def cost_quality(table: pd.DataFrame, primary: str, unit: str) -> Figure:
    """Draw quality with its interval against cost, and join those that nothing cheaper beats.

    Parameters
    ----------
    table : DataFrame
        Columns candidate, cost, value, low, high; all known.
    primary : str
        The metric's name.
    unit : str
        Of the cost.
    """
    table = table.sort_values("cost", kind="stable")
    quality = -table["value"] if primary in LOWER_IS_BETTER else table["value"]
    worth = quality >= quality.cummax()
    figure, axes = canvas(3.8)
    axes.plot(table["cost"][worth], table["value"][worth], color=ORANGE, lw=1.2, zorder=1)
    for row, good in zip(table.itertuples(), worth, strict=True):
        colour = ORANGE if good else GREY
        axes.vlines(row.cost, row.low, row.high, color=colour, lw=1.4)
        axes.plot(row.cost, row.value, "o", color=colour, ms=6)
    logarithmic(axes)
    axes.set(xlabel=unit, ylabel=f"{primary} with its 95 % interval")
    axes.margins(x=0.22, y=0.12)
    axes.grid(axis="y")
    _name_points(axes, table, worth)
    return figure


def _name_points(axes, table: pd.DataFrame, worth: pd.Series) -> None:
    """Write names beside the points, moved apart up and down where they would overlap."""
    x = np.log10(table["cost"].to_numpy())
    y = table["value"].to_numpy()
    reach = (max(np.ptp(x), 1e-9) * 0.35, max(np.ptp(y), 1e-9) * 0.06)
    placed: list[tuple[float, float]] = []
    for row in np.argsort(-y, kind="stable"):
        at = y[row]
        while any(abs(x[row] - px) < reach[0] and abs(at - py) < reach[1] for px, py in placed):
            at -= reach[1]
        placed.append((x[row], at))
        colour = INK if worth.iloc[row] else QUIET
        name, place = table["candidate"].iloc[row], (table["cost"].iloc[row], at)
        axes.annotate(
            f"  {name}", place, (3, 0), textcoords="offset points", va="center", color=colour
        )


def bars(table: pd.DataFrame, unit: str) -> Figure:
    """Draw one bar for each row of a table with the columns name and value."""
    figure, axes = canvas(height(len(table)))
    axes.barh(range(len(table)), table["value"], height=0.6, color=BLUE)
    for place, value in enumerate(table["value"]):
        axes.text(value, place, f" {value:,.0f}", va="center")
    by_row(axes, table["name"])
    axes.set_xlabel(unit)
    return figure
