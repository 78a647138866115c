"""Figures of one candidate: what it takes for what, class by class, slice by slice."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.metrics.names import metric_name
from helpers.report.figures.style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    by_row,
    canvas,
    intervals,
    key,
    rows,
    short,
)

MANY = 20
"""Classes from which a confusion matrix has no room for numbers."""
CROWDED = 90
"""Classes from which it has no room for every name either."""


def confusion(matrix: np.ndarray, classes: Sequence[str]) -> Figure:
    """Draw a confusion matrix [K, K]; the colour is the share of the row, the number the count."""
    size = len(classes)
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    side = min(6.4 if size <= MANY else 8.0, 2.2 + 0.42 * size)
    figure, axes = canvas(side, width=side + 0.6)
    edge = {"edgecolors": "white", "linewidth": 0.5} if size <= MANY else {}
    axes.pcolormesh(share, vmin=0, vmax=1, cmap="Blues", **edge)
    axes.set(aspect="equal", ylim=(size, 0))
    for row, column in np.ndindex(matrix.shape) if size <= MANY else ():
        colour = "white" if share[row, column] > 0.5 else INK
        text = f"{matrix[row, column]}"
        place = {"ha": "center", "va": "center", "fontsize": 9 if size <= 12 else 7}
        axes.text(column + 0.5, row + 0.5, text, color=colour, **place)
    for spine in axes.spines.values():
        spine.set_visible(False)
    every = 1 + size // CROWDED
    names = [short(name, 18) for name in classes[::every]]
    places = np.arange(0, size, every) + 0.5
    font = {"fontsize": min(9.5, 46 * side * every / size)}
    axes.set_xticks(places, names, rotation=90 if max(map(len, names)) > 4 else 0, **font)
    axes.set_yticks(places, names, rotation=0, **font)
    axes.tick_params(length=0)
    axes.set(xlabel="what the candidate says it is", ylabel="what the item is")
    return figure


def per_class(table: pd.DataFrame) -> Figure:
    """Draw the F1 of each class with its interval, the best on top.

    Parameters
    ----------
    table : DataFrame
        Columns class, support, f1, low, high.
    """
    table = table.sort_values("f1", ascending=False, na_position="last", kind="stable")
    figure, axes = canvas(rows(len(table)))
    labels = [f"{short(row['class'])} ({row['support']})" for _, row in table.iterrows()]
    intervals(axes, table.rename(columns={"f1": "value"}), [BLUE] * len(table))
    by_row(axes, labels)
    axes.set_xlabel("F1 with its 95 % interval (test items in brackets)")
    return figure


def reliability(table: pd.DataFrame, note: str) -> Figure:
    """Draw accuracy against confidence, bin by bin, beside the diagonal of perfect calibration.

    Parameters
    ----------
    table : DataFrame
        Columns confidence, accuracy, count, low, high, a row a bin.
    note : str
        Written above the figure.
    """
    figure, axes = canvas(3.9, width=4.4)
    axes.plot([0, 1], [0, 1], color=GREY, lw=1.2, zorder=0)
    axes.vlines(table["confidence"], table["low"], table["high"], color=BLUE, lw=1.6)
    size = 16 + 120 * table["count"] / table["count"].sum()
    axes.scatter(table["confidence"], table["accuracy"], s=size, color=BLUE, zorder=3)
    start = max(0.0, min(table["confidence"].min(), table["low"].min()) - 0.05)
    axes.set_xlim(start, 1.02)
    axes.set_ylim(start, 1.02)
    axes.set_title(note, loc="left", fontsize=9, color=INK)
    key(figure, {"as good as it says": GREY, "as it is, in bins": BLUE})
    axes.set(xlabel="confidence: what it says", ylabel="accuracy: what is right", aspect="equal")
    return figure


def slice_intervals(table: pd.DataFrame, metric: str, overall: float) -> Figure:
    """Draw a metric in each slice with its interval, and the value over all as a line.

    Parameters
    ----------
    table : DataFrame
        Columns slice, n, value, low, high.
    metric : str
    overall : float
        NaN draws no line.
    """
    figure, axes = canvas(rows(len(table), frame=0.95))
    if overall == overall:
        axes.axvline(overall, color=ORANGE, lw=1.2)
        axes.text(overall, -0.55, f"all: {overall:.3f}", color=ORANGE, ha="center", va="bottom")
    labels = [f"{short(row['slice'])} ({row['n']})" for _, row in table.iterrows()]
    intervals(axes, table, [BLUE if n >= 30 else GREY for n in table["n"]])
    by_row(axes, labels)
    axes.set_xlabel(f"{metric_name(metric)} with its 95 % interval (items in brackets)")
    return figure
