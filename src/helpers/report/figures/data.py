"""Figures of a data set: its pictures, their sizes, its classes."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.report.figures.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    by_row,
    canvas,
    rows,
    two_lines,
)

MANY = 24
"""Pictures from which a gallery shows them at half the size."""
SIDES = {"train": GREY, "validation": BLUE, "test": ORANGE}


def gallery(
    pictures: Sequence[np.ndarray], captions: Sequence[object], columns: int | None = None
) -> Figure:
    """Lay pictures out in rows, each with its caption.

    Parameters
    ----------
    pictures : sequence of ndarray
        uint8 [height, width, 3] of any size.
    captions : sequence
        One for each picture.
    columns : int, optional
        Pictures in a row; six, or twelve where there are many.
    """
    columns = columns or (6 if len(pictures) <= MANY else 12)
    lines = math.ceil(len(pictures) / columns)
    figure, grid = canvas(1.42 * lines * 6 / columns, nrows=lines, ncols=columns, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    width = 100 // columns
    for axes, picture, caption in zip(grid.flat, pictures, captions, strict=False):
        axes.imshow(picture, interpolation="nearest" if min(picture.shape[:2]) < 64 else "auto")
        axes.set_title(two_lines(caption, width), fontsize=7.5)
    return figure


def sizes(width: np.ndarray, height: np.ndarray) -> Figure:
    """Draw how many pictures have which width and height; areas are counts."""
    table = pd.Series(list(zip(width, height, strict=True))).value_counts()
    at = np.array(table.index.tolist(), dtype=float)
    share = table.to_numpy() / table.sum()
    figure, axes = canvas(2.6, width=4.2)
    axes.scatter(at[:, 0], at[:, 1], s=30 + 900 * share, color=BLUE, alpha=0.6, lw=0)
    for (x, y), count in list(table.items())[:3]:
        label = f"{x} × {y}: {count:,}"
        axes.annotate(label, (x, y), (16, 0), textcoords="offset points", va="center", color=INK)
    axes.set(xlabel="width in pixels", ylabel="height in pixels")
    axes.margins(0.3)
    axes.grid(True)
    return figure


def class_balance(counts: pd.DataFrame) -> Figure:
    """Draw how many items of each class (rows) are on each side (columns)."""
    figure, axes = canvas(rows(len(counts)))
    left = np.zeros(len(counts))
    for side in counts.columns:
        widths = counts[side].to_numpy()
        colour = SIDES.get(side, GREEN)
        axes.barh(range(len(counts)), widths, left=left, height=0.6, color=colour, label=side)
        left += widths
    for place, total in enumerate(left):
        axes.text(total, place, f" {total:,.0f}", va="center")
    by_row(axes, counts.index)
    axes.set_xlabel("items")
    figure.legend(loc="outside upper left", ncols=3, frameon=False, handlelength=0.8)
    return figure
