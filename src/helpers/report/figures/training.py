"""Figures of a training: the regularisation tried, and the score over the epochs."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.metrics.names import metric_name
from helpers.report.figures.palette import BLUE, GREY, ORANGE, QUIET
from helpers.report.figures.style import canvas, logarithmic


def validation_curve(choice: pd.DataFrame, chosen: float, primary: str) -> Figure:
    """Draw the validation score of each regularisation tried, and mark the one chosen.

    ``choice`` has the columns parameter and validation; ``chosen`` is one of the parameters.
    """
    table = choice.sort_values("parameter")
    figure, axes = canvas(2.6, width=5.4)
    axes.plot(table["parameter"], table["validation"], "o-", color=GREY, ms=4, lw=1.2)
    score = table.loc[table["parameter"] == chosen, "validation"].iloc[0]
    _mark(axes, (chosen, score), f"C = {chosen:g}: {score:.3f}", 9)
    logarithmic(axes)
    axes.set_xlabel("C (inverse regularisation strength)")
    axes.set_ylabel(f"{metric_name(primary)} on validation")
    axes.margins(y=0.25)
    axes.grid(axis="y")
    return figure


def training_history(table: pd.DataFrame, primary: str) -> Figure:
    """Draw the train and validation score after each epoch, and mark the epoch that was kept.

    ``table`` has the columns epoch, train and validation, one row per epoch; train may be NaN.
    """
    figure, axes = canvas(2.8, width=5.4)
    for name, colour in (("train", GREY), ("validation", BLUE)):
        scores = table.dropna(subset=[name])
        axes.plot(scores["epoch"], scores[name], "o-", color=colour, ms=4, lw=1.4)
        if len(scores):
            end = (scores["epoch"].iloc[-1], scores[name].iloc[-1])
            axes.annotate(name, end, (8, 0), textcoords="offset points", va="center", color=colour)
    best = table.loc[table["validation"].idxmax()]
    _mark(axes, (best["epoch"], best["validation"]), f"kept: epoch {best['epoch']:.0f}", -16)
    axes.set(xlabel="epoch (0: before training)", ylabel=metric_name(primary))
    axes.set_xticks(table["epoch"])
    axes.tick_params(axis="x", colors=QUIET)
    axes.margins(0.12, 0.22)
    axes.grid(axis="y")
    return figure


def _mark(axes: Axes, point: tuple[float, float], text: str, above: int) -> None:
    """Mark the chosen point, with a text so many points above it."""
    axes.plot(*point, "o", color=ORANGE, ms=8)
    axes.annotate(text, point, (0, above), textcoords="offset points", ha="center", color=ORANGE)
