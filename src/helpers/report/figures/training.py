"""Figures of a training: the regularisation tried, and the score over the epochs."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.metrics.names import metric_name
from helpers.report.figures import style
from helpers.report.figures.style import BLUE, GREY, ORANGE, QUIET


def validation_curve(choice: pd.DataFrame, chosen: float, primary: str) -> Figure:
    """Draw the validation score by parameter (the regularisation), and mark the one chosen."""
    table = choice.sort_values("parameter")
    figure, axes = style.canvas(2.6, width=5.4, grid=True)
    axes.plot(table["parameter"], table["validation"], "o-", color=GREY, ms=4, lw=1.2)
    score = table.loc[table["parameter"] == chosen, "validation"].iloc[0]
    _mark(axes, (chosen, score), f"C = {chosen:g}: {score:.3f}", 9)
    style.logarithmic(axes)
    axes.set_xlabel("C (inverse regularisation strength)")
    axes.set_ylabel(f"{metric_name(primary)} on validation")
    axes.margins(y=0.25)
    return figure


def training_history(table: pd.DataFrame, primary: str) -> Figure:
    """Draw train (may be NaN) and validation by epoch, and mark the best epoch, which is kept."""
    figure, axes = style.canvas(2.8, width=5.4, grid=True)
    for name, colour in (("train", GREY), ("validation", BLUE)):
        scores = table.dropna(subset=[name])
        axes.plot(scores["epoch"], scores[name], "o-", color=colour, ms=4, lw=1.4)
        if len(scores):
            end = (scores["epoch"].iloc[-1], scores[name].iloc[-1])
            style.beside(axes, name, end, (8, 0), va="center", color=colour)
    best = table.loc[table["validation"].idxmax()]
    _mark(axes, (best["epoch"], best["validation"]), f"kept: epoch {best['epoch']:.0f}", -16)
    axes.set(xlabel="epoch (0: before training)", ylabel=metric_name(primary))
    axes.set_xticks(table["epoch"])
    axes.tick_params(axis="x", colors=QUIET)
    axes.margins(0.12, 0.22)
    return figure


def _mark(axes: Axes, point: tuple[float, float], text: str, above: int) -> None:
    """Mark the chosen point, with a text so many points above it."""
    axes.plot(*point, "o", color=ORANGE, ms=8)
    style.beside(axes, text, point, (0, above), ha="center", color=ORANGE)
