"""Figures of a training: what was tried, and how it went."""

import pandas as pd
from matplotlib.figure import Figure

from helpers.metrics.names import metric_name
from helpers.report.figures.style import BLUE, GREY, ORANGE, QUIET, canvas, logarithmic


def choice_curve(choice: pd.DataFrame, chosen: float, primary: str) -> Figure:
    """Draw the validation score of each regularisation tried, and mark the one chosen.

    Parameters
    ----------
    choice : DataFrame
        Columns parameter and validation.
    chosen : float
        One of the parameters.
    primary : str
        The metric's name.
    """
    table = choice.sort_values("parameter")
    figure, axes = canvas(2.6, width=5.4)
    axes.plot(table["parameter"], table["validation"], "o-", color=GREY, ms=4, lw=1.2)
    best = table[table["parameter"] == chosen].iloc[0]
    axes.plot(chosen, best["validation"], "o", color=ORANGE, ms=8)
    axes.annotate(
        f"C = {chosen:g}: {best['validation']:.3f}",
        (chosen, best["validation"]),
        (0, 9),
        textcoords="offset points",
        ha="center",
        color=ORANGE,
    )
    logarithmic(axes)
    axes.set_xlabel("C, the inverse strength of the penalty")
    axes.set_ylabel(f"{metric_name(primary)} on validation")
    axes.margins(y=0.25)
    axes.grid(axis="y")
    return figure


def history(table: pd.DataFrame, primary: str) -> Figure:
    """Draw train and validation score after each epoch, and mark the epoch that was kept.

    Parameters
    ----------
    table : DataFrame
        Columns epoch, train and validation, a row an epoch; train may be NaN.
    primary : str
        The metric's name.
    """
    figure, axes = canvas(2.8, width=5.4)
    best = table.loc[table["validation"].idxmax()]
    for name, colour in (("train", GREY), ("validation", BLUE)):
        known = table.dropna(subset=[name])
        axes.plot(known["epoch"], known[name], "o-", color=colour, ms=4, lw=1.4)
        if len(known):
            end = known.iloc[-1]
            place = (end["epoch"], end[name])
            axes.annotate(
                name, place, (8, 0), textcoords="offset points", va="center", color=colour
            )
    axes.plot(best["epoch"], best["validation"], "o", color=ORANGE, ms=8)
    axes.annotate(
        f"kept: epoch {best['epoch']:.0f}",
        (best["epoch"], best["validation"]),
        (0, -16),
        textcoords="offset points",
        ha="center",
        color=ORANGE,
    )
    axes.set(xlabel="epoch (0 is the start)", ylabel=metric_name(primary))
    axes.set_xticks(table["epoch"])
    axes.tick_params(axis="x", colors=QUIET)
    axes.margins(0.12, 0.22)
    axes.grid(axis="y")
    return figure
