"""The figure of several seeds: every run, and the variance of training beside that of the items."""

import pandas as pd
from matplotlib.figure import Figure

from helpers.metrics.names import metric_name
from helpers.report.figures.palette import BLUE, GREY, INK, ORANGE
from helpers.report.figures.style import canvas, label_rows, rows_height


def seed_spread(families: pd.DataFrame, runs: pd.DataFrame, primary: str) -> Figure:
    """Draw each run of each family, and one standard deviation due to training and to the items.

    ``families`` has the columns family, value, training, sampling, ``runs`` the columns family and
    value, one row per run.
    """
    figure, axes = canvas(rows_height(len(families), each=0.75, frame=0.9))
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
    label_rows(axes, families["family"])
    axes.margins(x=0.25)
    axes.set_xlabel(f"{metric_name(primary)}: a dot a run; bars: ± one standard deviation")
    return figure
