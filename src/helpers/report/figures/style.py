"""The one style of all figures, and how a figure is shown: with words for who cannot see it."""

import base64
import io
import textwrap
from collections.abc import Mapping, Sequence

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from helpers.core.formatting import one_line

INK, QUIET, LINE = "#1d2329", "#5b6570", "#d9dee3"
BLUE, ORANGE, GREEN, GREY = "#0072b2", "#d55e00", "#009e73", "#8a939c"
"""Of the palette of Okabe and Ito (2008), which the colour-blind can tell apart."""
WIDTH = 7.2
"""Inches, the width of a report's column."""
SHORT = 42
"""Characters of a label before it is cut; names come from data and may have any length."""

SETTINGS = {
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
matplotlib.rcParams.update(SETTINGS)


def canvas(height: float, width: float = WIDTH, **grid: object) -> tuple[Figure, Axes]:
    """Make a figure of one axes in the style; sizes in inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(**grid)


def logarithmic(axes: Axes) -> None:
    """Put powers of ten on the horizontal axis, written out: 0.001, 0.1, 10."""
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_major_locator(LogLocator(numticks=8))
    axes.xaxis.set_minor_formatter(NullFormatter())


def rows(count: int, each: float = 0.32, frame: float = 0.75) -> float:
    """Return the height of a figure with so many rows, in inches."""
    return frame + each * max(count, 2)


def short(label: object, most: int = SHORT) -> str:
    """Write a label on one line of bounded length."""
    return one_line(label, most)


def two_lines(label: object, most: int = SHORT) -> str:
    """Break a long label at a space; what two lines do not hold is cut."""
    lines = textwrap.wrap(str(label), most, break_on_hyphens=False)
    return "\n".join([*lines[:1], *([short(" ".join(lines[1:]), most)] if lines[1:] else [])])


def key(figure: Figure, colours: Mapping[str, str]) -> None:
    """Say above a figure what each colour means."""
    marks = [Line2D([], [], color=each, marker="o", ms=6, lw=2) for each in colours.values()]
    place = {"loc": "outside upper left", "ncols": len(colours), "frameon": False}
    figure.legend(marks, colours, **place, handlelength=1.6, fontsize=9, labelcolor=QUIET)


def by_row(axes: Axes, labels: Sequence[object]) -> None:
    """Put labels beside the rows, the first on top, with lines to read along."""
    axes.set_yticks(range(len(labels)), [two_lines(label) for label in labels])
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")


def intervals(axes: Axes, table, colours: Sequence[str], values: str = "{:.3f}") -> None:
    """Draw each row's value with its interval, and write the value beside it.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        Columns value, low and high; an undefined value has a word in place of a mark.
    colours : sequence of str
        One for each row.
    values : str
        How a value is written.
    """
    right = axes.get_yaxis_transform()
    for place, (row, colour) in enumerate(zip(table.itertuples(), colours, strict=True)):
        if row.value != row.value:
            axes.text(1.02, place, "undefined", transform=right, va="center", color=QUIET)
            continue
        axes.plot([row.low, row.high], [place, place], color=colour, lw=2, solid_capstyle="butt")
        axes.plot(row.value, place, "o", color=colour, ms=6)
        text = values.format(row.value)
        axes.text(1.02, place, text, transform=right, va="center", color=INK)


def show(figure: Figure, alt: str) -> None:
    """Display a figure in a notebook, with a text that says what it shows.

    A chart is shown as SVG, sharp at any size; one that holds pictures as PNG.

    Parameters
    ----------
    figure : Figure
    alt : str
        What a reader who cannot see it should know: what is drawn, and what it shows.
    """
    from IPython.display import display

    kind = "png" if any(axes.images for axes in figure.axes) else "svg"
    content = io.BytesIO()
    extra = {"dpi": 144} if kind == "png" else {"metadata": {"Date": None}}
    figure.savefig(content, format=kind, **extra)
    raw = content.getvalue()
    mime, data = (
        ("image/png", base64.b64encode(raw).decode())
        if kind == "png"
        else ("image/svg+xml", raw.decode())
    )
    # the words stand in place of "<Figure size ...>" where no picture can be shown
    display({mime: data, "text/plain": alt}, metadata={mime: {"alt": alt}}, raw=True)
