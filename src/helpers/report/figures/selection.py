"""Figures of a selection: scores by method, successive elimination, predicted against actual."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.metrics.names import metric_name
from helpers.report.column_names import column_name
from helpers.report.figures import style
from helpers.report.figures.point_labels import name_points
from helpers.report.figures.style import BLUE, GREY, INK, LINE, ORANGE, QUIET


def rank_table(table: pd.DataFrame) -> Figure:
    """Draw the rank of each candidate by the scores of each method, a column each: 1 is best."""
    ranks = table.set_index("candidate").rank(ascending=False, method="min")
    figure, axes = style.canvas(1.5 + 0.36 * max(len(ranks), 2))
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
    axes.set_yticks(np.arange(len(ranks)) + 0.5, [style.short(name) for name in ranks.index])
    axes.invert_yaxis()
    axes.xaxis.tick_top()
    axes.spines[:].set_visible(False)
    return figure


def successive_elimination(rounds: pd.DataFrame, metric: str = "accuracy") -> Figure:
    """Draw the value of each contender over items; a cross marks where it is dropped."""
    figure, axes = style.canvas(4.2, grid=True)
    for _, rows in rounds.groupby("contender", sort=False):
        last, dropped = rows.iloc[-1], bool(rows["dropped"].any())
        colour = GREY if dropped else BLUE
        axes.plot(rows["items"], rows["value"], "o-", color=colour, ms=3.5, lw=1.4)
        if dropped:
            axes.plot(last["items"], last["value"], "x", color=colour, ms=8, mew=2)
    axes.set(xlabel="validation items scored; the training subset grows in proportion")
    axes.set_ylabel(f"{metric_name(metric)} on validation")
    axes.margins(x=0.04, y=0.12)
    axes.set_xlim(right=rounds["items"].max() * 1.55)
    axes.set_xticks(sorted(rounds["items"].unique()))
    ends, points = rounds.drop_duplicates("contender", keep="last"), ["items", "value"]
    colours = style.colours_where(~ends["dropped"], BLUE, GREY)
    names = [style.short(name) for name in ends["contender"]]
    name_points(axes, ends[points].to_numpy(float), names, colours, rounds[points].to_numpy(float))
    return figure


def predicted_order(table: pd.DataFrame, primary: str, words: str) -> Figure:
    """Draw value, low and high of each model, used as ``words`` say; those chosen in colour."""
    labels = [f"{rank}. {name}" for rank, name in enumerate(table["model"], 1)]
    xlabel = f"{metric_name(primary)} on test with 95 % CI, {words}, in predicted order"
    figure, axes = style.rows(labels, xlabel)
    axes.axvline(table["value"].max(), color=LINE, lw=1.5, zorder=0)
    style.intervals(axes, table, style.colours_where(table["chosen"], ORANGE))
    return figure


def rank_correlation(table: pd.DataFrame, words: str) -> Figure:
    """Draw each method's tau over random orders: null_low to null_high."""
    xlabel = f"weighted tau, {words}; pale bar: 95 % of random orders"
    figure, axes = style.rows(table["method"].map(column_name), xlabel)
    for position, row in enumerate(table.itertuples()):
        axes.plot([row.null_low, row.null_high], [position] * 2, color=LINE, lw=9, zorder=0)
    colours = style.colours_where(table["tau"] > table["null_high"], BLUE)
    alone = table.rename(columns={"tau": "value"}).assign(low=np.nan, high=np.nan)
    style.intervals(axes, alone, colours, "{:.2f}")
    axes.axvline(0, color=QUIET, lw=0.8)
    return figure
