"""Figures of several candidates: who leads, by how much, at what cost."""

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from helpers.metrics.names import metric_name
from helpers.metrics.registry import lower_is_better
from helpers.report.figures.point_labels import name_points
from helpers.report.figures.style import (
    BLUE,
    GREY,
    INK,
    LINE,
    ORANGE,
    QUIET,
    by_row,
    canvas,
    intervals,
    key,
    logarithmic,
    short,
)
from helpers.report.figures.style import rows as height

CERTAIN = 0.05
CHEAP = 0.01
"""Milliseconds below which a cost is nothing beside any other."""
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
    less = ", less is better" if lower_is_better(primary) else ""
    axes.set_xlabel(f"{metric_name(primary)} with its 95 % interval{less}")
    names = {"first": ORANGE, "tied with it": BLUE, "behind": GREY}
    key(figure, {name: colour for name, colour in names.items() if colour in colours})
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

    What costs next to nothing stands at the left edge, where it takes no room from those that do
    cost something.

    Parameters
    ----------
    table : DataFrame
        Columns candidate, cost, value, low, high; all but the limits known.
    primary : str
        The metric's name.
    unit : str
        Of the cost.
    """
    table = table.sort_values("cost", kind="stable")
    less = lower_is_better(primary)
    quality = -table["value"] if less else table["value"]
    worth = (quality >= quality.cummax()).to_numpy()
    cheap = ((table["cost"] < CHEAP) & (table["cost"].max() > CHEAP)).to_numpy()
    points = np.column_stack([table["cost"].mask(cheap, CHEAP), table["value"]])
    figure, axes = canvas(3.8)
    axes.plot(*points[worth].T, color=ORANGE, lw=1.2, zorder=1)
    colours, ends = np.where(worth, ORANGE, GREY), table[["low", "high"]].to_numpy(float)
    for point, end, colour, edge in zip(points, ends, colours, cheap, strict=True):
        axes.vlines(point[0], *end, color=colour, lw=1.4)
        axes.plot(*point, "<" if edge else "o", color=colour, ms=6, clip_on=False)
    logarithmic(axes)
    start, end = np.log10(points[:, 0].min()), np.log10(points[:, 0].max())
    span = max(end - start, 0.5)
    axes.set_xlim(CHEAP if cheap.any() else 10 ** (start - span / 8), 10 ** (end + span / 2.5))
    axes.margins(y=0.12)
    axes.grid(axis="y")
    left = f"; at the arrow less than {CHEAP}" if cheap.any() else ""
    better = ", less is better" if less else ""
    axes.set(xlabel=f"{unit}{left}", ylabel=f"{metric_name(primary)}, 95 % interval{better}")
    names = {"nothing cheaper is as good": ORANGE, "something cheaper is": GREY}
    key(figure, {name: colour for name, colour in names.items() if colour in colours})
    inks = np.where(worth, INK, QUIET)
    name_points(axes, points, table["candidate"].tolist(), inks, _along(points, ends, worth))
    return figure


def _along(points: np.ndarray, ends: np.ndarray, worth: np.ndarray) -> np.ndarray:
    """Sample the line that joins some points, and the interval of each: float [M, 2]."""
    found = [
        np.column_stack([np.geomspace(a[0], b[0], 40), np.linspace(a[1], b[1], 40)])
        for a, b in pairwise(points[worth])
    ]
    found += [
        np.column_stack([np.full(9, point[0]), np.linspace(*end, 9)])
        for point, end in zip(points, ends, strict=True)
        if np.isfinite(end).all()
    ]
    return np.concatenate([np.empty((0, 2)), *found])


def bars(table: pd.DataFrame, unit: str) -> Figure:
    """Draw one bar for each row of a table with the columns name and value."""
    figure, axes = canvas(height(len(table)))
    axes.barh(range(len(table)), table["value"], height=0.6, color=BLUE)
    for place, value in enumerate(table["value"]):
        axes.text(value, place, f" {value:,.0f}", va="center")
    by_row(axes, table["name"])
    axes.set_xlabel(unit)
    return figure
