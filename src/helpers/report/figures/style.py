"""The style shared by all figures, and how a figure is shown: with alternative text."""

import base64
import io
import textwrap
from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from helpers.core.formatting import one_line
from helpers.report.figures.palette import BLUE, GREY, INK, LINE, QUIET

WIDTH = 7.2
"""Inches, the width of a report's column."""
SHORT = 42
"""Characters of a label before it is cut; names come from data and may have any length."""

matplotlib.rcParams.update(
    {
        "axes.axisbelow": True,
        "axes.edgecolor": QUIET,
        "axes.labelcolor": QUIET,
        "axes.labelsize": 9.5,
        "axes.linewidth": 0.8,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "figure.dpi": 72,
        "font.family": "DejaVu Sans",  # ships with matplotlib: the same letters on every machine
        "font.size": 9.5,
        "grid.color": LINE,
        "grid.linewidth": 0.8,
        "svg.fonttype": "path",
        "svg.hashsalt": "evalbook",  # the same figure is the same bytes
        "text.color": INK,
        "text.parse_math": False,  # a dollar sign in a label is a dollar sign
        "xtick.color": QUIET,
        "ytick.color": QUIET,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "ytick.major.size": 0,
    }
)


def blank(height: float, width: float = WIDTH) -> Figure:
    """Make an empty figure; sizes in inches."""
    return Figure(figsize=(width, height), layout="constrained")


def canvas(height: float, width: float = WIDTH) -> tuple[Figure, Axes]:
    """Make a figure with one axes; sizes in inches."""
    figure = blank(height, width)
    return figure, figure.subplots()


def logarithmic(axes: Axes) -> None:
    """Put powers of ten on the horizontal axis, written out: 0.001, 0.1, 10."""
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_major_locator(LogLocator(numticks=8))
    axes.xaxis.set_minor_formatter(NullFormatter())


def rows_height(count: int, each: float = 0.32, frame: float = 0.75) -> float:
    """Return the height in inches of a figure with one line for each of ``count`` rows."""
    return frame + each * max(count, 2)


def colours_where(mask: Sequence[bool] | pd.Series, chosen: str, other: str = GREY) -> list[str]:
    """Return one colour for each element of a boolean mask."""
    return [chosen if each else other for each in mask]


def short(label: object, most: int = SHORT) -> str:
    """Write a label on one line of bounded length."""
    return one_line(label, most)


def two_lines(label: object, most: int = SHORT) -> str:
    """Break a long label at a space; what two lines do not hold is cut."""
    lines = textwrap.wrap(str(label), most, break_on_hyphens=False)
    return "\n".join([*lines[:1], *([short(" ".join(lines[1:]), most)] if lines[1:] else [])])


def legend(figure: Figure, colours: Mapping[str, str]) -> None:
    """Explain above a figure what each colour means."""
    marks = [Line2D([], [], color=each, marker="o", ms=6, lw=2) for each in colours.values()]
    figure.legend(
        marks,
        list(colours),
        loc="outside upper left",
        ncols=len(colours),
        frameon=False,
        handlelength=1.6,
        fontsize=9,
        labelcolor=QUIET,
    )


def label_rows(axes: Axes, labels: Sequence[object] | pd.Series | pd.Index) -> None:
    """Put labels beside the rows, the first on top, with vertical grid lines."""
    axes.set_yticks(range(len(labels)), [two_lines(label) for label in labels])
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")


def intervals(
    axes: Axes, table: pd.DataFrame, colours: Sequence[str], form: str = "{:.3f}"
) -> None:
    """Draw each row's value with its interval, and write the value beside it.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        Columns value, low and high; an undefined value gets the word instead of a mark.
    colours : sequence of str
        One for each row.
    form : str
        Format string of the values.
    """
    right = axes.get_yaxis_transform()
    for position, (row, colour) in enumerate(zip(table.itertuples(), colours, strict=True)):
        if row.value != row.value:
            axes.text(1.02, position, "undefined", transform=right, va="center", color=QUIET)
            continue
        ends = [row.low, row.high]
        axes.plot(ends, [position] * 2, color=colour, lw=2, solid_capstyle="butt")
        axes.plot(row.value, position, "o", color=colour, ms=6)
        text = form.format(row.value)
        axes.text(1.02, position, text, transform=right, va="center", color=INK)


def filled_cell(axes: Axes, corner: tuple[int, int], text: str, highlighted: bool) -> None:
    """Draw one cell of a matrix, from its (column, row), with a text in it."""
    face, ink = (BLUE, "white") if highlighted else (LINE, INK)
    axes.add_patch(Rectangle(corner, 1, 1, facecolor=face, edgecolor="white", lw=1.5))
    middle = (corner[0] + 0.5, corner[1] + 0.5)
    axes.text(*middle, text, ha="center", va="center", color=ink, fontsize=7.5)


def label_cells(
    axes: Axes, columns: Sequence[str], rows: Sequence[str], tilted: bool = False
) -> None:
    """Name the columns (below) and the rows of a matrix of cells, and drop its frame."""
    axes.set(xlim=(0, len(columns)), ylim=(len(rows), 0))
    axes.set_xticks(np.arange(len(columns)) + 0.5, columns)
    if tilted:
        axes.tick_params(axis="x", labelrotation=30)
        for label in axes.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")
    axes.set_yticks(np.arange(len(rows)) + 0.5, [short(name) for name in rows])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def show(figure: Figure, alt: str) -> None:
    """Display a figure in a notebook: a chart as SVG, one that holds images as PNG.

    Parameters
    ----------
    figure : Figure
    alt : str
        Alternative text: what is drawn, and what it shows.
    """
    from IPython.display import display

    content = io.BytesIO()
    if any(axes.images for axes in figure.axes):
        mime = "image/png"
        figure.savefig(content, format="png", dpi=144)
        data = base64.b64encode(content.getvalue()).decode()
    else:
        mime = "image/svg+xml"
        figure.savefig(content, format="svg", metadata={"Date": None})
        data = content.getvalue().decode()
    # the text replaces "<Figure size ...>" where no image can be shown
    display({mime: data, "text/plain": alt}, metadata={mime: {"alt": alt}}, raw=True)
