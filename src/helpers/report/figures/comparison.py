"""Figures of several candidates: the leaderboard, differences, cost against quality, seeds."""

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.core.formatting import counted
from helpers.metrics.names import metric_name
from helpers.metrics.registry import lower_is_better
from helpers.report.figures import style
from helpers.report.figures.point_labels import name_points
from helpers.report.figures.style import BLUE, GREY, INK, ORANGE, QUIET

SIGNIFICANT = 0.05  # corrected p-value below which a difference is drawn in colour
CHEAP = 0.01  # milliseconds below which a cost is negligible
LEGIBLE = 14  # largest number of rows of a matrix whose cells have room for a number
ROOMY = 8  # largest number of candidates for which a pair has room for its interval


def leaderboard(table: pd.DataFrame, primary: str) -> Figure:
    """Draw each candidate's value, low and high, best first; the best and those tied in colour."""
    label = f"{metric_name(primary)} with 95 % CI{_direction(primary)}"
    figure, axes = style.rows(table["candidate"], label)
    colours = [ORANGE, *style.colours_where(table["tied"].iloc[1:], BLUE)]
    style.intervals(axes, table, colours)
    names = {"best": ORANGE, "not told apart from it": BLUE, "worse": GREY}
    style.legend(figure, names, used=colours)
    return figure


def paired_differences(table: pd.DataFrame) -> Figure:
    """Draw each pair's difference, low and high, in colour where p_holm is significant."""
    label = "paired difference with 95 % CI; grey: not significant"
    figure, axes = style.rows(table["pair"], label)
    axes.axvline(0, color=INK, lw=0.9)
    colours = style.colours_where(table["p_holm"] < SIGNIFICANT, BLUE)
    style.intervals(axes, table.rename(columns={"difference": "value"}), colours, "{:+.3f}")
    return figure


def difference_matrix(pairs: pd.DataFrame, order: Sequence[str]) -> Figure:
    """Draw the difference, low and high of each pair, a over b; ``order`` has the best first."""
    size, roomy = len(order) - 1, len(order) <= ROOMY
    height = 1.6 + (0.5 if roomy else 0.3) * size
    figure, axes = style.canvas(height, width=min(9.0, 2.6 + 0.9 * size))
    for pair in pairs.rename(columns={"difference": "value"}).itertuples():
        text = style.estimate_text(pair, roomy, "{:+.3f}") if size <= LEGIBLE else ""
        text = re.sub(r"\b0\.", ".", text)  # there is little room
        corner = (order.index(pair.b) - 1, order.index(pair.a))
        style.filled_cell(axes, corner, text, pair.p_holm < SIGNIFICANT)
    style.label_cells(axes, style.apart(order[1:], 42 if roomy else 24), order[:-1], tilted=True)
    axes.set_xlabel("row minus column; blue: significant" + ", with 95 % CI" * roomy)
    return figure


def pareto_front(table: pd.DataFrame, primary: str, unit: str) -> Figure:
    """Draw quality with its interval against cost, and join the candidates on the Pareto front.

    Negligible costs are drawn at the left edge, which leaves the scale to the others.

    ``table`` has the columns candidate, cost (in ``unit``), value, low, high; only low and high may
    be NaN.
    """
    table = table.sort_values("cost", kind="stable")
    quality = -table["value"] if lower_is_better(primary) else table["value"]
    front = (quality >= quality.cummax()).to_numpy()
    cheap = ((table["cost"] < CHEAP) & (table["cost"].max() > CHEAP)).to_numpy()
    points = np.column_stack([table["cost"].mask(cheap, CHEAP), table["value"]])
    figure, axes = style.canvas(3.8, grid=True)
    axes.plot(*points[front].T, color=ORANGE, lw=1.2, zorder=1)
    colours, ends = style.colours_where(front, ORANGE), table[["low", "high"]].to_numpy(float)
    for point, end, colour, edge in zip(points, ends, colours, cheap, strict=True):
        axes.vlines(point[0], *end, color=colour, lw=1.4)
        axes.plot(*point, "<" if edge else "o", color=colour, ms=6, clip_on=False)
    style.logarithmic(axes)
    start, end = np.log10(points[:, 0].min()), np.log10(points[:, 0].max())
    span = max(end - start, 0.5)
    axes.set_xlim(CHEAP if cheap.any() else 10 ** (start - span / 8), 10 ** (end + span / 2.5))
    axes.margins(y=0.12)
    arrow = f" (arrow: below {CHEAP})" if cheap.any() else ""
    axes.set_xlabel(f"{unit}{arrow}")
    axes.set_ylabel(f"{metric_name(primary)}, 95 % CI{_direction(primary)}")
    names = {"Pareto front": ORANGE, "a cheaper candidate is better": GREY}
    style.legend(figure, names, used=colours)
    inks = style.colours_where(front, INK, QUIET)
    shown, busy = style.apart(table["candidate"].tolist()), _along(points, ends, front)
    if left := name_points(axes, points, shown, inks, busy, first=front):
        axes.set_xlabel(f"{unit}{arrow}; no room for {counted(left, 'name')}: see the table")
    return figure


def single_splits(splits: pd.DataFrame, primary: str) -> Figure:
    """Draw what each split, a row, says of each candidate, a column, and the mean."""
    label = f"{metric_name(primary)} in each split alone, and the mean{_direction(primary)}"
    figure, axes = style.rows(splits.columns, label)
    for position, name in enumerate(splits):
        beside = np.linspace(position - 0.25, position + 0.25, len(splits))
        axes.plot(splits[name], beside, "o", color=BLUE, ms=3.5, alpha=0.4)
        axes.plot(splits[name].mean(), position, "|", color=ORANGE, ms=16, mew=2)
    return figure


def seed_spread(families: pd.DataFrame, runs: pd.DataFrame, primary: str) -> Figure:
    """Draw the value of each run of each family, and the deviations by training and sampling."""
    label = f"{metric_name(primary)}: a dot a run; bars: ± one standard deviation"
    figure, axes = style.rows(families["family"], label, each=0.75, frame=0.9)
    for position, row in enumerate(families.itertuples()):
        values = runs.loc[runs["family"] == row.family, "value"]
        axes.plot(values, [position - 0.22] * len(values), "o", ms=5, color=GREY, alpha=0.8)
        axes.plot(row.value, position - 0.22, "|", ms=14, mew=2, color=INK)
        for offset, deviation, colour, name in (
            (0.08, row.training, ORANGE, "training"),
            (0.3, row.sampling, BLUE, "test items"),
        ):
            ends, height = [row.value - deviation, row.value + deviation], position + offset
            axes.plot(ends, [height] * 2, color=colour, lw=3, solid_capstyle="butt")
            text = f"  {name} ± {deviation:.3f}"
            axes.text(ends[1], height, text, va="center", color=colour, fontsize=8.5)
    axes.margins(x=0.25)
    return figure


def _direction(metric: str) -> str:
    return "; lower is better" if lower_is_better(metric) else ""


def _along(points: np.ndarray, ends: np.ndarray, front: np.ndarray) -> np.ndarray:
    """Sample the line that joins the front, and the interval of each point: float [M, 2]."""
    samples = [np.empty((0, 2))]
    for a, b in pairwise(points[front]):
        samples.append(np.column_stack([np.geomspace(a[0], b[0], 40), np.linspace(a[1], b[1], 40)]))
    for point, (low, high) in zip(points, ends, strict=True):
        if np.isfinite([low, high]).all():
            samples.append(np.column_stack([np.full(9, point[0]), np.linspace(low, high, 9)]))
    return np.concatenate(samples)


def bar_chart(table: pd.DataFrame, unit: str) -> Figure:
    """Draw one bar for each row of a table with the columns name and value."""
    figure, axes = style.rows(table["name"], unit)
    digits = int(table["value"].max() < 100 and (table["value"] % 1).any())
    axes.barh(range(len(table)), table["value"], height=0.6, color=BLUE)
    for position, value in enumerate(table["value"]):
        axes.text(value, position, f" {value:,.{digits}f}", va="center")
    return figure
