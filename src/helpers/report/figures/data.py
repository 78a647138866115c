"""Figures of a data set: its images, sizes, lengths and classes."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.report.figures import style
from helpers.report.figures.style import BLUE, GREEN, GREY, INK, ORANGE

MANY = 24  # largest number of images that are shown at full size
FEW = 4  # columns up to which captions are as large as the text of charts
BINS = 40
SPLITS = {"train": GREY, "validation": BLUE, "test": ORANGE}


def image_grid(
    images: Sequence[np.ndarray], captions: Sequence[object], columns: int | None = None
) -> Figure:
    """Lay images, uint8 [height, width, 3], out in rows of six, or twelve if many."""
    columns = columns or (6 if len(images) <= MANY else 12)
    lines = math.ceil(len(images) / columns)
    height = 1.42 * lines * 6 / columns
    figure = Figure(figsize=(style.WIDTH, height), layout="constrained")
    grid = figure.subplots(nrows=lines, ncols=columns, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, image, caption in zip(grid.flat, images, captions, strict=False):
        axes.imshow(image, interpolation="nearest" if min(image.shape[:2]) < 64 else "auto")
        size = 9.5 if columns <= FEW else 7.5
        axes.set_title(style.two_lines(caption, 100 // columns), fontsize=size)
    return figure


def image_sizes(width: np.ndarray, height: np.ndarray) -> Figure:
    """Draw how many images have which width and height; areas are counts."""
    table = pd.Series(list(zip(width, height, strict=True))).value_counts()
    points = np.array(table.index.tolist(), dtype=float)
    areas = 30 + 900 * table.to_numpy() / table.sum()
    figure, axes = style.canvas(2.6, width=4.2)
    axes.scatter(points[:, 0], points[:, 1], s=areas, color=BLUE, alpha=0.6, lw=0)
    for ((x, y), count), area in list(zip(table.items(), areas, strict=True))[:3]:
        right = (area**0.5 / 2 + 4, 0)
        style.beside(axes, f"{x} × {y}: {count:,}", (x, y), right, va="center", color=INK)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set(xlabel="width in pixels", ylabel="height in pixels")
    axes.margins(0.3)
    axes.grid(True)
    return figure


def text_lengths(counts: np.ndarray, unit: str) -> Figure:
    """Draw the distribution of text lengths, in a unit such as ``words``: int [N], at least 1."""
    edges = np.geomspace(max(1, counts.min()), max(2, counts.max() + 1), BINS)
    return _length_histogram(counts, np.unique(np.round(edges)), "{:,.0f}", (unit, "texts"))


def recording_lengths(seconds: np.ndarray) -> Figure:
    """Draw the distribution of recording lengths in seconds [N]."""
    seconds = np.maximum(seconds, 0.01)
    edges = np.geomspace(seconds.min(), seconds.max() * 1.01, BINS)
    return _length_histogram(seconds, edges, "{:.1f} s", ("seconds", "recordings"))


def _length_histogram(
    values: np.ndarray, edges: np.ndarray, form: str, labels: tuple[str, str]
) -> Figure:
    """Draw a histogram on a logarithmic scale with the median marked."""
    import seaborn

    figure, axes = style.canvas(2.4, width=5.2)
    seaborn.histplot(x=values, bins=edges, color=BLUE, alpha=0.8, linewidth=0, ax=axes)
    median = float(np.median(values))
    axes.axvline(median, color=INK, lw=1)
    label = f" median {form.format(median)}"
    axes.annotate(label, (median, axes.get_ylim()[1]), va="top", color=INK)
    style.logarithmic(axes)
    axes.set(xlabel=labels[0], ylabel=labels[1])
    return figure


def class_balance(counts: pd.DataFrame, what: str = "items") -> Figure:
    """Draw how many items of each class (rows) are in each split (columns)."""
    figure, axes = style.rows(counts.index, what)
    left = np.zeros(len(counts))
    for split in counts.columns:
        widths, colour = counts[split].to_numpy(), SPLITS.get(split, GREEN)
        axes.barh(range(len(counts)), widths, left=left, height=0.6, color=colour, label=split)
        left += widths
    for position, total in enumerate(left):
        axes.text(total, position, f" {total:,.0f}", va="center")
    figure.legend(loc="outside upper left", ncols=3, handlelength=0.8)
    return figure
