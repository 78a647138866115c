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
WHOLE = 0.94  # of a column's width that an image fills at most
BINS = 40
SPLITS = {"train": GREY, "validation": BLUE, "test": ORANGE}


def image_grid(
    images: Sequence[np.ndarray], captions: Sequence[object], columns: int | None = None
) -> Figure:
    """Lay images, uint8 [height, width, 3], out in rows of six, or twelve if many.

    All are on one axes, whose unit is a column: axes of their own take longer than their images.
    """
    columns = columns or (6 if len(images) <= MANY else 12)
    lines, wide = math.ceil(len(images) / columns), style.WIDTH / columns
    texts = [style.two_lines(caption, 100 // columns) for caption in captions]
    points = 9.5 if columns <= FEW else 7.5
    head = points / 72 * (0.4 + 1.25 * max((1 + text.count("\n") for text in texts), default=1))
    tall = max((min(1.0, image.shape[0] / image.shape[1]) for image in images), default=1.0)
    each = tall + head / wide
    figure = Figure(figsize=(style.WIDTH, each * lines * wide))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    for number, (image, text) in enumerate(zip(images, texts, strict=False)):
        rows, width = image.shape[:2]
        scale = min(WHOLE / width, tall * WHOLE / rows)
        left = number % columns + (1 - width * scale) / 2
        bottom = (number // columns + 1) * each - tall * (1 - WHOLE) / 2
        place = (left, left + width * scale, bottom, bottom - rows * scale)
        smooth = "nearest" if min(rows, width) < 64 else "auto"
        axes.imshow(image, extent=place, interpolation=smooth, aspect="auto")
        middle = (number % columns + 0.5, bottom - rows * scale)
        style.beside(axes, text, middle, (0, 2), fontsize=points, ha="center", va="bottom")
    axes.set(xlim=(0, columns), ylim=(lines * each, 0))
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
