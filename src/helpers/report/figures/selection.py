"""Figures of a selection: what the methods say, who dropped out, and what came of it."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.metrics.names import metric_name
from helpers.report.column_names import column_name
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
    short,
)
from helpers.report.figures.style import rows as height


def ranks(table: pd.DataFrame) -> Figure:
    """Draw the rank that each method gives each contender, 1 the best; darker is better.

    Parameters
    ----------
    table : DataFrame
        A row a contender: candidate, then a column a method, higher is better, NaN if unknown.
    """
    values = table.set_index("candidate")
    places = values.rank(ascending=False, method="min")
    figure, axes = canvas(height(len(places), each=0.36, frame=1.5))
    better = 1 - (places - 1) / max(len(places) - 1, 1)
    shades = np.ma.masked_invalid(0.75 * better.to_numpy(float))
    axes.pcolormesh(shades, cmap="Blues", vmin=0, vmax=1, edgecolors="white", linewidth=2)
    for (row, column), place in np.ndenumerate(places.to_numpy(float)):
        known = place == place
        colour = "white" if known and better.iat[row, column] > 0.8 else INK
        text = f"{place:.0f}" if known else "–"
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", color=colour)
    names = [column_name(name) for name in places.columns]
    axes.set_xticks(np.arange(len(names)) + 0.5, names, rotation=30, ha="left")
    axes.set_yticks(np.arange(len(places)) + 0.5, [short(name) for name in places.index])
    axes.invert_yaxis()
    axes.xaxis.tick_top()
    axes.spines[:].set_visible(False)
    return figure


def race(rounds: pd.DataFrame) -> Figure:
    """Draw the share of right answers of each contender as far as it came; a cross where it fell.

    Parameters
    ----------
    rounds : DataFrame
        Columns contender, items, right, dropped; a row for each contender that ran a round.
    """
    figure, axes = canvas(4.2)
    ends = []
    for name, rows in rounds.groupby("contender", sort=False):
        fell = bool(rows["dropped"].any())
        colour = GREY if fell else BLUE
        axes.plot(rows["items"], rows["right"], "o-", color=colour, ms=3.5, lw=1.4)
        last = rows.iloc[-1]
        if fell:
            axes.plot(last["items"], last["right"], "x", color=colour, ms=8, mew=2)
        ends.append((last["right"], last["items"], name, colour))
    _name_ends(axes, ends, float(np.ptp(rounds["right"])))
    axes.set(xlabel="validation items answered, as large a share of train learnt from")
    axes.set_ylabel("share of right answers")
    axes.margins(x=0.04, y=0.12)
    axes.set_xlim(right=rounds["items"].max() * 1.55)
    axes.set_xticks(sorted(rounds["items"].unique()))
    axes.grid(axis="y")
    return figure


def actual_order(table: pd.DataFrame, primary: str, words: str) -> Figure:
    """Draw the test metric of each model, in the order predicted; the finalists are in colour.

    Parameters
    ----------
    table : DataFrame
        Columns model, value, low, high, chosen; the first predicted to be the best.
    primary : str
        The metric's name.
    words : str
        What the models are here, such as ``as probes``.
    """
    figure, axes = canvas(height(len(table)))
    best = table["value"].max()
    axes.axvline(best, color=LINE, lw=1.5, zorder=0)
    intervals(axes, table, np.where(table["chosen"], ORANGE, GREY))
    labels = [f"{place}. {name}" for place, name in enumerate(table["model"], 1)]
    by_row(axes, labels)
    name = metric_name(primary)
    axes.set_xlabel(f"{name} on test, {words}, with its 95 % interval; in the order predicted")
    return figure


def agreement(table: pd.DataFrame, words: str) -> Figure:
    """Draw each method's weighted tau with its interval, over the span of random orders.

    Parameters
    ----------
    table : DataFrame
        Columns method, tau, low, high, null_low, null_high.
    words : str
        What the models are here, such as ``as probes``.
    """
    figure, axes = canvas(height(len(table)))
    for place, row in enumerate(table.itertuples()):
        axes.plot([row.null_low, row.null_high], [place, place], color=LINE, lw=9, zorder=0)
    beyond = table["tau"] > table["null_high"]
    intervals(axes, table.rename(columns={"tau": "value"}), np.where(beyond, BLUE, GREY), "{:.2f}")
    axes.axvline(0, color=QUIET, lw=0.8)
    by_row(axes, table["method"].map(column_name))
    axes.set_xlabel(
        f"weighted tau, {words}, with its 95 % interval; the bar is where random orders lie"
    )
    return figure


def _name_ends(axes, ends: list[tuple[float, float, str, str]], spread: float) -> None:
    """Write names at the ends of lines, moved down where they would overlap."""
    reach, placed = max(spread, 1e-9) * 0.055, []
    for right, items, name, colour in sorted(ends, reverse=True):
        at = right
        while any(abs(at - other) < reach for other in placed):
            at -= reach / 4
        placed.append(at)
        label = f"  {short(name)}"
        axes.annotate(label, (items, at), (4, 0), textcoords="offset points", va="center",
                      color=colour, fontsize=8.5)  # fmt: skip
