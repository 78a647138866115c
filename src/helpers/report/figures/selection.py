"""Figures of a selection: scores by method, successive elimination, predicted against actual."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.metrics.names import metric_name
from helpers.report.column_names import column_name
from helpers.report.figures.palette import BLUE, GREY, INK, LINE, ORANGE, QUIET
from helpers.report.figures.style import (
    canvas,
    colours_where,
    intervals,
    label_rows,
    rows_height,
    short,
)


def rank_table(table: pd.DataFrame) -> Figure:
    """Draw the rank of each candidate by each method: 1 is the best, darker is better.

    ``table`` has the column candidate, then one of scores per method: higher is better.
    """
    ranks = table.set_index("candidate").rank(ascending=False, method="min")
    figure, axes = canvas(rows_height(len(ranks), each=0.36, frame=1.5))
    better = 1 - (ranks - 1) / max(len(ranks) - 1, 1)
    shades = np.ma.masked_invalid(0.75 * better.to_numpy(float))
    axes.pcolormesh(shades, cmap="Blues", vmin=0, vmax=1, edgecolors="white", linewidth=2)
    for (row, column), rank in np.ndenumerate(ranks.to_numpy(float)):
        defined = rank == rank
        colour = "white" if defined and better.iat[row, column] > 0.8 else INK
        text = f"{rank:.0f}" if defined else "–"
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", color=colour)
    names = [column_name(name) for name in ranks.columns]
    axes.set_xticks(np.arange(len(names)) + 0.5, names, rotation=30, ha="left")
    axes.set_yticks(np.arange(len(ranks)) + 0.5, [short(name) for name in ranks.index])
    axes.invert_yaxis()
    axes.xaxis.tick_top()
    axes.spines[:].set_visible(False)
    return figure


def successive_elimination(rounds: pd.DataFrame) -> Figure:
    """Draw each candidate's accuracy over the rounds; a cross marks its elimination.

    ``rounds`` has the columns contender, items, right, dropped, one row per contender and round.
    """
    figure, axes = canvas(4.2)
    ends = []
    for name, rows in rounds.groupby("contender", sort=False):
        last, dropped = rows.iloc[-1], bool(rows["dropped"].any())
        colour = GREY if dropped else BLUE
        axes.plot(rows["items"], rows["right"], "o-", color=colour, ms=3.5, lw=1.4)
        if dropped:
            axes.plot(last["items"], last["right"], "x", color=colour, ms=8, mew=2)
        ends.append((last["right"], last["items"], str(name), colour))
    _name_ends(axes, ends, float(np.ptp(rounds["right"])))
    axes.set(xlabel="validation items scored; the training subset grows in proportion")
    axes.set_ylabel("validation accuracy")
    axes.margins(x=0.04, y=0.12)
    axes.set_xlim(right=rounds["items"].max() * 1.55)
    axes.set_xticks(sorted(rounds["items"].unique()))
    axes.grid(axis="y")
    return figure


def predicted_order(table: pd.DataFrame, primary: str, words: str) -> Figure:
    """Draw the test metric of each model in the predicted order; finalists are in colour.

    ``table`` has the columns model, value, low, high, chosen; the predicted best first. ``words``
    says how the models were used, such as ``as probes``.
    """
    figure, axes = canvas(rows_height(len(table)))
    axes.axvline(table["value"].max(), color=LINE, lw=1.5, zorder=0)
    intervals(axes, table, colours_where(table["chosen"], ORANGE))
    label_rows(axes, [f"{rank}. {name}" for rank, name in enumerate(table["model"], 1)])
    axes.set_xlabel(f"{metric_name(primary)} on test with 95 % CI, {words}, in predicted order")
    return figure


def rank_correlation(table: pd.DataFrame, words: str) -> Figure:
    """Draw each method's weighted tau with its interval, over the range of random orders.

    ``table`` has the columns method, tau, low, high, null_low, null_high; ``words`` says how
    the models were used, such as ``as probes``.
    """
    figure, axes = canvas(rows_height(len(table)))
    for position, row in enumerate(table.itertuples()):
        ends = [row.null_low, row.null_high]
        axes.plot(ends, [position] * 2, color=LINE, lw=9, zorder=0)
    colours = colours_where(table["tau"] > table["null_high"], BLUE)
    intervals(axes, table.rename(columns={"tau": "value"}), colours, "{:.2f}")
    axes.axvline(0, color=QUIET, lw=0.8)
    label_rows(axes, table["method"].map(column_name))
    axes.set_xlabel(f"weighted tau with 95 % CI, {words}; pale bar: 95 % of random orders")
    return figure


def _name_ends(axes: Axes, ends: list[tuple[float, float, str, str]], spread: float) -> None:
    """Write names at the ends of lines, moved down where they would overlap."""
    reach = max(spread, 1e-9) * 0.055
    heights: list[float] = []
    for right, items, name, colour in sorted(ends, reverse=True):
        height = right
        while any(abs(height - other) < reach for other in heights):
            height -= reach / 4
        heights.append(height)
        axes.annotate(
            f"  {short(name)}",
            (items, height),
            (4, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            fontsize=8.5,
        )
