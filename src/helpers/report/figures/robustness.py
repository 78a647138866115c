"""Figures of harder tests: changed items, other sources."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.metrics.names import metric_name
from helpers.report.figures.point_labels import name_points
from helpers.report.figures.style import BLUE, GREEN, INK, ORANGE, canvas, short


def robustness(curve: pd.DataFrame, metric: str) -> Figure:
    """Draw a metric against severity, a line a noise, with intervals; severity 0 is unchanged."""
    figure, axes = canvas(2.9, width=6.4)
    colours = (BLUE, ORANGE, GREEN)
    kinds, ends, inks, busy = list(curve["noise"].unique()), [], [], []
    for place, noise in enumerate(kinds):
        own, colour = curve[curve["noise"] == noise], colours[place % len(colours)]
        at = own["severity"] + (place - (len(kinds) - 1) / 2) * 0.012 * own["severity"].max()
        spread = [own["value"] - own["low"], own["high"] - own["value"]]
        style = ("-", "--", ":")[place // len(colours) % 3]
        axes.errorbar(at, own["value"], spread, color=colour, ls=style, marker="o", ms=4, lw=1.4)
        ends.append((at.iloc[-1], own["value"].iloc[-1]))
        inks.append(colour)
        last = np.column_stack([at, own[["value", "low", "high"]]])[-2:].astype(float)
        busy += [np.linspace(last[0, :2], last[-1, :2], 60)]  # its last stretch, and its bar
        busy += [np.linspace(last[-1, [0, 2]], last[-1, [0, 3]], 60)]
    axes.set(xlabel="severity", ylabel=metric_name(metric))
    axes.margins(x=0.2)
    axes.grid(axis="y")
    name_points(axes, np.array(ends), kinds, inks, np.concatenate(busy))
    return figure


def shift(matrix: pd.DataFrame, metric: str) -> Figure:
    """Draw a metric of every pair of sources; the numbers below are the interval."""
    trained, tested = (list(matrix[name].unique()) for name in ("trained_on", "tested_on"))
    values = matrix.pivot(index="trained_on", columns="tested_on", values="value")
    values = values.reindex(index=trained, columns=tested)
    figure, axes = canvas(1.3 + 0.62 * len(trained), width=2.4 + 1.1 * len(tested))
    axes.imshow(values.to_numpy(), cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row in matrix.itertuples():
        at = (tested.index(row.tested_on), trained.index(row.trained_on))
        colour = "white" if np.nan_to_num(row.value) > 0.6 else INK
        text = f"{row.value:.3f}\n[{row.low:.2f}, {row.high:.2f}]"
        axes.text(*at, text, ha="center", va="center", color=colour, fontsize=8.5)
    axes.set_xticks(range(len(tested)), [short(name) for name in tested], rotation=20, ha="right")
    axes.set_yticks(range(len(trained)), [short(name) for name in trained])
    axes.set(xlabel="tested on", ylabel="trained on", title=metric_name(metric))
    axes.spines[:].set_visible(False)
    return figure
