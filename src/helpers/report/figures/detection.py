"""Figures of one detector: precision against recall, false alarms, classes, kinds of error."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.report.figures import style
from helpers.report.figures.style import BLUE, GREY, INK, ORANGE

MANY = 30  # classes up to which each has a curve of its own
LEAST = 0.005  # false boxes an image below which a share of 1 in 200 is drawn


def precision_recall(curves: Sequence[pd.DataFrame], threshold: float | None = None) -> Figure:
    """Draw precision against recall: of all boxes together, then of each class.

    Curves have a row a score, from the highest, with precision and recall; the point at the
    threshold is marked on the first.
    """
    figure, axes = style.canvas(3.7, width=5.4, grid=True)
    whole, classes = curves[0], curves[1:] if 2 < len(curves) <= MANY + 1 else []
    for curve in classes:
        axes.plot(curve["recall"], curve["precision"], color=GREY, lw=0.8, alpha=0.6)
    axes.plot(whole["recall"], whole["precision"], color=BLUE, lw=2.2)
    axes.set(xlabel="recall: share of the objects that are found", xlim=(0, 1.01), ylim=(0, 1.03))
    axes.set_ylabel("precision: share of the boxes that are right")
    names = {"all boxes": BLUE} | ({"of one class": GREY} if classes else {})
    if threshold is not None and (sure := whole["score"] >= threshold).any():
        axes.plot(*whole.loc[sure, ["recall", "precision"]].iloc[-1], "D", color=ORANGE, ms=8)
        names["at the threshold"] = ORANGE
    style.legend(figure, names)
    return figure


def false_alarms(curve: pd.DataFrame, marked: pd.DataFrame) -> Figure:
    """Draw recall against false_positives, the false boxes an image (FROC), a row a score.

    ``marked`` has some recalls with value, low and high of the false boxes an image.
    """
    figure, axes = style.canvas(3.4, width=5.6, grid=True)
    shown = np.maximum(curve["false_positives"], LEAST)
    axes.step(shown, curve["recall"], where="post", color=BLUE, lw=2)
    for row in marked.dropna(subset=["value"]).to_dict("records"):
        value, ends = max(row["value"], LEAST), [max(row["low"], LEAST), row["high"]]
        axes.plot(ends, [row["recall"]] * 2, color=ORANGE, lw=2)
        axes.plot(value, row["recall"], "o", color=ORANGE, ms=6)
        text = f"{row['recall']:.0%}: {row['value']:.2f}"
        style.beside(axes, text, (value, row["recall"]), (0, 6), ha="center", color=INK)
    style.logarithmic(axes)
    axes.set(ylim=(0, 1.05), ylabel="recall: share of the objects found")
    axes.set_xlabel("false boxes an image")
    return figure


def ap_by_class(table: pd.DataFrame) -> Figure:
    """Draw the ``ap`` of each class, with low and high, the best on top, and its objects."""
    table = table.sort_values("ap", ascending=False, na_position="last", kind="stable")
    pairs = zip(table["class"], table["objects"], strict=True)
    labels = [f"{style.short(name)} ({count:,})" for name, count in pairs]
    figure, axes = style.rows(labels, "average precision with 95 % CI (number of objects)")
    style.intervals(axes, table.rename(columns={"ap": "value"}), [BLUE] * len(table))
    return figure
