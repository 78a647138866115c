"""Figures of one classifier: confusion matrix, classes, calibration, declined items, slices."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.metrics.names import metric_name
from helpers.report.figures import style
from helpers.report.figures.style import BLUE, GREY, INK, ORANGE, QUIET

MANY = 20  # largest number of classes whose counts are written into a confusion matrix
CROWDED = 90  # largest number of classes that are all named beside a confusion matrix
LETTER = 0.085  # width of a letter in inches, on average, in the names of classes
WIDE = 52  # characters of a metric and a slice that leave no room for its label on one line
FEW = 30  # items below which a slice is drawn in grey


def confusion_matrix(matrix: np.ndarray, classes: Sequence[str]) -> Figure:
    """Draw a confusion matrix [K, K] of counts, coloured by the share of the row."""
    size = len(classes)
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    inches = min(6.4 if size <= MANY else 8.0, 2.2 + 0.42 * size)
    figure, axes = style.canvas(inches, width=inches + 0.6)
    mesh = axes.pcolormesh(share, vmin=0, vmax=1, cmap="Blues")
    axes.set(xlabel="predicted class", ylabel="true class", aspect="equal", ylim=(size, 0))
    if size <= MANY:
        mesh.set(edgecolor="white", linewidth=0.5)
        digits = 9 if size <= 12 else 7
        for (row, column), count in np.ndenumerate(matrix):
            colour = "white" if share[row, column] > 0.5 else INK
            centre = (column + 0.5, row + 0.5)
            axes.text(*centre, f"{count}", ha="center", va="center", fontsize=digits, color=colour)
    axes.spines[:].set_visible(False)
    every = 1 + size // CROWDED
    names = style.apart(classes, 18)[::every]
    centres = np.arange(0, size, every) + 0.5
    font = min(9.5, 46 * inches * every / size)
    fits = max(map(len, names)) * LETTER < (inches - 1.2) / size * every
    axes.set_xticks(centres, names, rotation=0 if fits else 90, fontsize=font)
    axes.set_yticks(centres, names, fontsize=font)
    axes.tick_params(length=0)
    return figure


def f1_by_class(table: pd.DataFrame) -> Figure:
    """Draw the f1 of each class, with low and high, the best on top, and its support."""
    table = table.sort_values("f1", ascending=False, na_position="last", kind="stable")
    labels = _with_counts(table["class"], table["support"])
    figure, axes = style.rows(labels, "F1 with 95 % CI (number of test items in parentheses)")
    style.intervals(axes, table.rename(columns={"f1": "value"}), [BLUE] * len(table))
    return figure


def reliability_diagram(
    table: pd.DataFrame, note: str, labels: tuple[str, str] = ("confidence", "accuracy")
) -> Figure:
    """Draw accuracy, low and high against confidence, a row a bin of count items, under a note."""
    figure, axes = style.canvas(3.9, width=4.4)
    axes.plot([0, 1], [0, 1], color=GREY, lw=1.2, zorder=0)
    axes.vlines(table["confidence"], table["low"], table["high"], color=BLUE, lw=1.6)
    areas = 16 + 120 * table["count"] / table["count"].sum()
    axes.scatter(table["confidence"], table["accuracy"], s=areas, color=BLUE, zorder=3)
    limits = max(0.0, min(table["confidence"].min(), table["low"].min()) - 0.05), 1.02
    axes.set(xlabel=labels[0], ylabel=labels[1], xlim=limits, ylim=limits, aspect="equal")
    axes.set_title(note, loc="left", fontsize=9, color=INK)
    style.legend(figure, {"perfect calibration": GREY, "measured, by bin": BLUE})
    return figure


def metric_by_slice(table: pd.DataFrame, metric: str, overall: float) -> Figure:
    """Draw value, low and high of each slice of n items, and the overall value unless NaN."""
    few = f"; grey: fewer than {FEW}" if (table["n"] < FEW).any() else ""
    name, names = metric_name(metric), _with_counts(table["slice"], table["n"])
    wide = len(name) + max(map(len, names), default=0) > WIDE
    label = f"{name} with 95 % CI{chr(10) if wide else ' '}(number of items in parentheses{few})"
    figure, axes = style.rows(names, label, frame=1.1 if wide else 0.95)
    if overall == overall:
        axes.axvline(overall, color=ORANGE, lw=1.2)
        axes.text(overall, -0.55, f"all: {overall:.3f}", color=ORANGE, ha="center", va="bottom")
    style.intervals(axes, table, style.colours_where(table["n"] >= FEW, BLUE))
    return figure


def risk_coverage(
    coverage: np.ndarray, risk: np.ndarray, low: np.ndarray, high: np.ndarray
) -> Figure:
    """Draw the risk-coverage curve, float [P] each, with the full risk and an ideal ranking."""
    figure, axes = style.canvas(3.2, width=5.6, grid=True)
    full_risk = risk[-1]
    ideal = np.maximum(0, coverage - (1 - full_risk)) / coverage
    axes.fill_between(coverage, low, high, color=BLUE, alpha=0.16, lw=0)
    axes.plot(coverage, risk, color=BLUE, lw=2)
    axes.plot(coverage, ideal, color=GREY, lw=1.2, ls=(0, (4, 2)))
    axes.axhline(full_risk, color=QUIET, lw=0.9)
    axes.text(0.01, full_risk, "all items answered", va="bottom", color=QUIET)
    end = 1 - full_risk - 0.02  # the ideal curve is 0 up to here, which leaves room for its name
    axes.text(max(end, 0.3), 0, "ideal ranking", va="bottom", ha="right", color=QUIET)
    axes.set(xlabel="coverage: share of items answered, most confident first", xlim=(0, 1))
    axes.set_ylabel("error rate on these items")
    axes.set_ylim(0, max(1.15 * full_risk, 1.05 * high[len(high) // 4 :].max()) or 1)
    return figure


def _with_counts(names: pd.Series, counts: pd.Series) -> list[str]:
    return [f"{style.short(name)} ({n})" for name, n in zip(names, counts, strict=True)]
