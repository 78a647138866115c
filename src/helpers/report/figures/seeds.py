"""The figure of several seeds: every run, and the two kinds of luck beside each other."""

import pandas as pd
from matplotlib.figure import Figure

from helpers.metrics.names import metric_name
from helpers.report.figures.style import BLUE, GREY, INK, ORANGE, by_row, canvas
from helpers.report.figures.style import rows as height


def seed_spread(families: pd.DataFrame, runs: pd.DataFrame, primary: str) -> Figure:
    """Draw each run of each family, and one standard deviation of training and of the items.

    Parameters
    ----------
    families : DataFrame
        Columns family, value, training, sampling.
    runs : DataFrame
        Columns family and value, a row a run.
    primary : str
        The metric's name.
    """
    figure, axes = canvas(height(len(families), each=0.75, frame=0.9))
    for place, row in enumerate(families.itertuples()):
        own = runs.loc[runs["family"] == row.family, "value"]
        axes.plot(own, [place - 0.22] * len(own), "o", ms=5, color=GREY, alpha=0.8)
        axes.plot(row.value, place - 0.22, "|", ms=14, mew=2, color=INK)
        for shift, spread, colour, name in (
            (0.08, row.training, ORANGE, "training"),
            (0.3, row.sampling, BLUE, "items"),
        ):
            ends = [row.value - spread, row.value + spread]
            axes.plot(ends, [place + shift] * 2, color=colour, lw=3, solid_capstyle="butt")
            text = f"  {name} ± {spread:.3f}"
            axes.text(ends[1], place + shift, text, va="center", color=colour, fontsize=8.5)
    by_row(axes, families["family"])
    axes.margins(x=0.25)
    axes.set_xlabel(
        f"{metric_name(primary)}: each run a dot; one standard deviation of either luck"
    )
    return figure
