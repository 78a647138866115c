"""The style shared by all figures, and how a figure is shown: with alternative text."""

import base64
import io
import textwrap
import unicodedata
from collections.abc import Container, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rc
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from helpers.core.formatting import one_line
from helpers.report.figures import fonts

INK, QUIET, LINE = "#1d2329", "#5b6570", "#d9dee3"
# from the colour-blind safe palette of Okabe and Ito (2008)
BLUE, ORANGE, GREEN, GREY = "#0072b2", "#d55e00", "#009e73", "#8a939c"
WIDTH = 7.2  # inches, the width of a report's column
SHORT = 42  # characters of a label before it is cut; names come from data and may have any length

rc("axes", axisbelow=True, edgecolor=QUIET, labelcolor=QUIET, labelsize=9.5, linewidth=0.8)
rc("axes.spines", right=False, top=False)
rc("figure", dpi=72)
rc("font", family=fonts.FIRST, size=9.5)  # the same on every machine
rc("grid", color=LINE, linewidth=0.8)
rc("legend", frameon=False, handlelength=1.6)
rc("svg", fonttype="path", hashsalt="evalbook")  # the same figure is the same bytes
rc("text", color=INK, parse_math=False)  # a dollar sign in a label is a dollar sign
rc("xtick", color=QUIET, labelcolor=INK)
rc("ytick", color=QUIET, labelcolor=INK)
rc("ytick.major", size=0)


def canvas(height: float, width: float = WIDTH, grid: bool = False) -> tuple[Figure, Axes]:
    """Make a figure with one axes, on request with horizontal grid lines; sizes in inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    if grid:
        axes.grid(axis="y")
    return figure, axes


def rows(
    labels: Sequence[object] | pd.Series | pd.Index,
    xlabel: str,
    each: float = 0.32,
    frame: float = 0.75,
) -> tuple[Figure, Axes]:
    """Make a figure with a row for each label, ``each`` inches high, the first on top."""
    shown = [two_lines(label) for label in labels]
    each = max(each, 0.4) if any("\n" in label for label in shown) else each
    figure, axes = canvas(frame + each * max(len(labels), 2))
    axes.set_yticks(range(len(labels)), shown)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_xlabel(xlabel)
    return figure, axes


def logarithmic(axes: Axes) -> None:
    """Put powers of ten on the horizontal axis, written out: 0.001, 0.1, 10."""
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_major_locator(LogLocator(numticks=8))
    axes.xaxis.set_minor_formatter(NullFormatter())


def colours_where(mask: Sequence[bool] | pd.Series, chosen: str, other: str = GREY) -> list[str]:
    """Return one colour for each element of a boolean mask."""
    return [chosen if each else other for each in mask]


def short(label: object, most: int = SHORT) -> str:
    """Write a label on one line of bounded length."""
    return fonts.legible(one_line(label, _room(label, most)))


def apart(labels: Sequence[object], most: int = SHORT) -> list[str]:
    """Write labels as ``short`` does; what that makes equal keeps its end, or gets a number."""
    cut = [short(label, most) for label in labels]
    if len(set(cut)) < len(cut):
        ends = [fonts.legible(one_line(label, 10**6)[-(most // 2) :]) for label in labels]
        same = [cut.count(text) > 1 and text.endswith("…") for text in cut]
        cut = [
            f"{text[: most // 2 - 1]}…{end}" if each else text
            for text, end, each in zip(cut, ends, same, strict=True)
        ]
    twice = [cut.count(text) > 1 for text in cut]
    return [f"{n + 1}: {text}" if twice[n] else text for n, text in enumerate(cut)]


def two_lines(label: object, most: int = SHORT) -> str:
    """Break a long label at a space; what two lines do not hold is cut."""
    room = _room(label, most)
    first, *rest = textwrap.wrap(str(label), room, break_on_hyphens=True) or [""]
    first = fonts.legible(first)
    return f"{first}\n{short(' '.join(rest), most)}" if rest else first


def _room(label: object, most: int) -> int:
    """Return how many characters of a label fit: Chinese, say, takes twice the room."""
    text = str(label)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return most * len(text) // (len(text) + wide) if wide else most


def legend(figure: Figure, colours: Mapping[str, str], used: Container[str] | None = None) -> None:
    """Explain above a figure what each colour means, or each of those ``used``."""
    shown = {name: colour for name, colour in colours.items() if used is None or colour in used}
    marks = [Line2D([], [], color=colour, marker="o", ms=6, lw=2) for colour in shown.values()]
    figure.legend(
        marks, list(shown), loc="outside upper left", ncols=len(shown), fontsize=9, labelcolor=QUIET
    )


def intervals(
    axes: Axes, table: pd.DataFrame, colours: Sequence[str], form: str = "{:.3f}"
) -> None:
    """Draw each row's value, low and high, and write the value, or "undefined", beside it."""
    right = axes.get_yaxis_transform()
    for position, (row, colour) in enumerate(zip(table.itertuples(), colours, strict=True)):
        defined = row.value == row.value
        if defined:
            ends = [row.low, row.high]
            axes.plot(ends, [position] * 2, color=colour, lw=2, solid_capstyle="butt")
            axes.plot(row.value, position, "o", color=colour, ms=6)
        text, ink = (form.format(row.value), INK) if defined else ("undefined", QUIET)
        axes.text(1.02, position, text, transform=right, va="center", color=ink)


def beside(
    axes: Axes, text: str, point: tuple[float, float], offset: tuple[float, float], **look: Any
) -> None:
    """Write a text beside a point; the offset in points."""
    axes.annotate(text, point, offset, textcoords="offset points", **look)


def estimate_text(row: Any, with_interval: bool, form: str = "{:.3f}") -> str:
    """Write a table's row, with value, low and high, on one line or two."""
    value = form.format(row.value) if row.value == row.value else "undefined"
    defined = with_interval and row.low == row.low
    return f"{value}\n[{row.low:.3f}, {row.high:.3f}]" if defined else value


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
    axes.set_yticks(np.arange(len(rows)) + 0.5, apart(rows))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def show(figure: Figure, alt: str) -> None:
    """Display a figure with its alternative text: charts as SVG, what holds images as PNG."""
    from IPython.display import display

    fonts.provide(figure)
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
