"""Figures of quality under conditions: corrupted items, other sources, slices."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.core.formatting import own_name
from helpers.metrics.names import metric_name
from helpers.report.figures import style
from helpers.report.figures.point_labels import name_points
from helpers.report.figures.style import BLUE, GREEN, INK, ORANGE

BROAD = 5  # largest number of conditions for which a cell has room for its interval
NARROW = 3  # conditions that are not as wide as what is said of them


def robustness_curve(curve: pd.DataFrame, metric: str) -> Figure:
    """Draw value, low and high against severity (0 is unchanged), a line a kind of noise."""
    figure, axes = style.canvas(2.9, width=6.4, grid=True)
    kinds, colours = list(curve["noise"].unique()), (BLUE, ORANGE, GREEN)
    ends, inks, busy = [], [], []
    for number, kind in enumerate(kinds):
        rows, colour = curve[curve["noise"] == kind], colours[number % len(colours)]
        offset = (number - (len(kinds) - 1) / 2) * 0.012 * rows["severity"].max()
        x = rows["severity"] + offset
        spread = [rows["value"] - rows["low"], rows["high"] - rows["value"]]
        dash = ("-", "--", ":")[number // len(colours) % 3]
        axes.errorbar(x, rows["value"], spread, color=colour, ls=dash, marker="o", ms=4, lw=1.4)
        ends.append((x.iloc[-1], rows["value"].iloc[-1]))
        inks.append(colour)
        last = np.column_stack([x, rows[["value", "low", "high"]]])[-2:].astype(float)
        busy += [np.linspace(last[0, :2], last[-1, :2], 60)]  # the line's last stretch and bar
        busy += [np.linspace(last[-1, [0, 2]], last[-1, [0, 3]], 60)]
    axes.set(xlabel="severity (0: unchanged)", ylabel=f"{metric_name(metric)}, 95 % CI")
    axes.margins(x=0.2)
    name_points(axes, np.array(ends), kinds, inks, np.concatenate(busy))
    return figure


def curves_by_count(table: pd.DataFrame, count: str, ylabel: str) -> Figure:
    """Draw value, low and high against a count, on a logarithmic axis, a line a candidate."""
    curve = table.assign(noise=table["candidate"], severity=np.log10(table[count]))
    figure = robustness_curve(curve, "accuracy")
    ticks = [n for n in (1, 2, 5, 10, 30, 100, 300, 1000, 10**4) if n <= table[count].max()]
    figure.axes[0].set_xticks(np.log10(ticks), [f"{tick:,}" for tick in ticks])
    figure.axes[0].set(xlabel=count, ylabel=ylabel, xlim=figure.axes[0].get_xlim())
    return figure


def domain_shift(matrix: pd.DataFrame, metric: str) -> Figure:
    """Draw value, low and high for every pair of sources: trained_on and tested_on."""
    trained, tested = (list(matrix[name].unique()) for name in ("trained_on", "tested_on"))
    values = matrix.pivot(index="trained_on", columns="tested_on", values="value")
    values = values.reindex(index=trained, columns=tested)
    figure, axes = style.canvas(1.3 + 0.62 * len(trained), width=2.4 + 1.1 * len(tested))
    axes.imshow(values.to_numpy(), cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row in matrix.itertuples():
        centre = (tested.index(row.tested_on), trained.index(row.trained_on))
        colour = "white" if np.nan_to_num(row.value) > 0.6 else INK
        text = f"{row.value:.3f}\n[{row.low:.2f}, {row.high:.2f}]"
        axes.text(*centre, text, ha="center", va="center", color=colour, fontsize=8.5)
    axes.set_xticks(
        range(len(tested)), [style.short(name) for name in tested], rotation=20, ha="right"
    )
    axes.set_yticks(range(len(trained)), [style.short(name) for name in trained])
    axes.set(xlabel="tested on", ylabel="trained on", title=f"{metric_name(metric)}, 95 % CI")
    axes.spines[:].set_visible(False)
    return figure


def metric_by_condition(table: pd.DataFrame, order: Sequence[str]) -> Figure:
    """Draw value, low and high of each candidate (in this order) on n items of each condition.

    ``table`` also has the columns first (the best: in colour), kind and metric (one of each).
    """
    counts = table.drop_duplicates("condition").set_index("condition")["n"]
    columns = counts.index.tolist()
    rows = [name for name in order if name in set(table["candidate"])]
    broad = len(columns) <= BROAD
    width = min(9.0, 2.6 + (1.3 if broad else 0.8) * len(columns))
    figure, axes = style.canvas(1.5 + 0.42 * len(rows), width=width)
    for row in table.itertuples():
        corner = (columns.index(row.condition), rows.index(row.candidate))
        style.filled_cell(axes, corner, style.estimate_text(row, broad), row.first)
    labels = [
        f"{style.short(name)}\n{n:,} items".replace(": ", ":\n") for name, n in counts.items()
    ]
    style.label_cells(axes, labels, rows, tilted=not broad)
    metric, kind = metric_name(table["metric"].iloc[0]), own_name(table["kind"].iloc[0])
    narrow = len(columns) <= NARROW  # on the right, as there is room below the names of the rows
    parted = "\n" if narrow else " "
    said = f"{metric} by {kind};{parted}blue: the best"
    axes.set_xlabel(said + " (95 % CI)" * broad, loc="right" if narrow else "center")
    return figure
