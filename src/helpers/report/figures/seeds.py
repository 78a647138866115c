"""The figure of several seeds: every run, and the variance of training beside that of the items."""

import pandas as pd
from matplotlib.figure import Figure

from helpers.metrics.names import metric_name
from helpers.report.figures import style
from helpers.report.figures.palette import BLUE, GREY, INK, ORANGE


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
