"""Figures of a training: the regularisation tried, the score over the epochs and over the items."""

from math import ceil

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.core.records.training import LearningCurve
from helpers.metrics.names import metric_name
from helpers.metrics.registry import lower_is_better
from helpers.report.figures import style
from helpers.report.figures.style import BLUE, GREY, ORANGE, QUIET

MOST_TICKS = 15  # epochs that are named


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
    figure, axes = _by_epoch(table, {"train": "train", "validation": "validation"})
    best = table.loc[table["validation"].idxmax()]
    _mark(axes, (best["epoch"], best["validation"]), f"kept: epoch {best['epoch']:.0f}", -16)
    axes.set(xlabel="epoch (0: before training)", ylabel=metric_name(primary))
    return figure


def loss_history(table: pd.DataFrame) -> Figure:
    """Draw the loss of train items and of those held out, by epoch."""
    figure, axes = _by_epoch(table, {"loss": "train", "validation": "held out"})
    axes.set(xlabel="epoch", ylabel="loss")
    return figure


def _by_epoch(table: pd.DataFrame, named: dict[str, str]) -> tuple[Figure, Axes]:
    """Draw two columns by epoch, each with its name beside its end."""
    figure, axes = style.canvas(2.8, width=5.4, grid=True)
    for (column, name), colour in zip(named.items(), (GREY, BLUE), strict=True):
        scores = table.dropna(subset=[column])
        axes.plot(scores["epoch"], scores[column], "o-", color=colour, ms=4, lw=1.4)
        if len(scores):
            end = (scores["epoch"].iloc[-1], scores[column].iloc[-1])
            style.beside(axes, name, end, (8, 0), va="center", color=colour)
    axes.set_xticks(table["epoch"].iloc[:: ceil(len(table) / MOST_TICKS)])
    axes.tick_params(axis="x", colors=QUIET)
    axes.margins(0.12, 0.22)
    return figure, axes


def learning_curve(curve: LearningCurve) -> Figure:
    """Draw the score by the items learned from, its power law, and what twice as many may bring."""
    figure, axes = style.canvas(2.8, width=5.4, grid=True)
    (level, scale, exponent), twice = curve.law, 2 * curve.items
    sizes, sign = np.geomspace(min(curve.sizes), twice), -1 if lower_is_better(curve.metric) else 1
    axes.plot(sizes, level - scale * (sizes / curve.items) ** -exponent, "--", color=GREY, lw=1.2)
    axes.vlines(curve.sizes, curve.low, curve.high, color=BLUE, lw=2)
    axes.plot(curve.sizes, curve.values, "o", color=BLUE, ms=5)
    then, low, high = (level - scale + sign * gain for gain in curve.gain)
    axes.vlines(twice, low, high, color=ORANGE, lw=2)
    _mark(axes, (twice, then), "twice the labels", -24)
    style.logarithmic(axes)
    axes.set(xlabel="items learned from", ylabel=f"{metric_name(curve.metric)} on held-out folds")
    axes.margins(0.12, 0.22)
    return figure


def _mark(axes: Axes, point: tuple[float, float], text: str, above: int) -> None:
    """Mark the chosen point, with a text so many points above it."""
    axes.plot(*point, "o", color=ORANGE, ms=8)
    style.beside(axes, text, point, (0, above), ha="center", color=ORANGE)
