"""Figures of several candidates: who leads, by how much, at what cost."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.figures.style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    QUIET,
    by_row,
    canvas,
    intervals,
    logarithmic,
)
from helpers.figures.style import rows as height
from helpers.metrics.direction import LOWER_IS_BETTER

CERTAIN = 0.05


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
