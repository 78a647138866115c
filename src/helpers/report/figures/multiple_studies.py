"""Figures over several studies: critical differences of mean ranks, and practical equivalence."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.report.figures import style
from helpers.report.figures.style import BLUE, GREY, INK, LINE, ORANGE, QUIET


def critical_difference(table: pd.DataFrame, pairs: pd.DataFrame, distance: float) -> Figure:
    """Draw each candidate's mean_rank; a bar joins pairs a and b whose p is not significant."""
    from scikit_posthocs import critical_difference_diagram

    names = table["candidate"].tolist()
    p = pd.DataFrame(1.0, index=names, columns=names)
    for row in pairs.itertuples():
        p.loc[row.a, row.b] = p.loc[row.b, row.a] = row.p
    figure, axes = style.canvas(0.9 + 0.34 * len(names))
    text, elbow, dot = {"fontsize": 9.5}, {"linewidth": 0.9}, {"s": 28}
    look = {"label_props": text, "elbow_props": elbow, "marker_props": dot}
    bar, inks = {"color": ORANGE, "linewidth": 3}, dict.fromkeys(names, INK)
    ranks = dict(zip(names, table["mean_rank"], strict=True))
    critical_difference_diagram(ranks, p, ax=axes, color_palette=inks, crossbar_props=bar, **look)
    widest = len(names) - 1
    wider = " (exceeds the scale)" * (distance > widest)
    title = f"mean rank (1 is best); critical difference {distance:.1f}{wider}"
    axes.set_title(title, fontsize=9.5, color=QUIET, loc="left", pad=24)
    axes.plot([1, 1 + min(distance, widest)], [0, 0], color=GREY, lw=2, clip_on=False)
    return figure


def practical_equivalence(table: pd.DataFrame, labels: Sequence[str], rope: str) -> Figure:
    """Draw the probabilities better, same (within ``rope``) and worse as one bar a row."""
    label = f"probability; equivalent: the difference is at most {rope}"
    figure, axes = style.rows(labels, label)
    left = np.zeros(len(table))
    for name, colour in (("better", BLUE), ("same", LINE), ("worse", ORANGE)):
        widths = table[name].to_numpy()
        axes.barh(range(len(table)), widths, left=left, height=0.62, color=colour)
        ink = INK if name == "same" else "white"
        for position, (start, width) in enumerate(zip(left, widths, strict=True)):
            if width > 0.08:
                centre = (start + width / 2, position)
                axes.text(*centre, f"{width:.0%}", ha="center", va="center", color=ink)
        left += widths
    axes.set_xlim(0, 1)
    style.legend(figure, {"better": BLUE, "equivalent": LINE, "worse": ORANGE})
    return figure
