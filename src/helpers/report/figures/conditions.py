"""Figure of all candidates where they were looked at apart: on slices, under noise, elsewhere."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from helpers.core.formatting import own_name
from helpers.metrics.names import metric_name
from helpers.report.figures.style import BLUE, INK, LINE, canvas, short

BROAD = 5
"""Circumstances up to which a cell has room for its interval."""


def circumstances(part: pd.DataFrame, order: Sequence[str]) -> Figure:
    """Draw a value with its interval, a row a candidate, a column a circumstance.

    Parameters
    ----------
    part : DataFrame
        Columns kind, circumstance, candidate, n, metric, value, low, high, first; of one kind.
        Where a candidate is first it is in colour.
    order : sequence of str
        The candidates, best first.
    """
    columns = part.drop_duplicates("circumstance")
    places = columns["circumstance"].tolist()
    rows = [name for name in order if name in set(part["candidate"])]
    broad = len(places) <= BROAD
    height, width = 1.5 + 0.42 * len(rows), min(9.0, 2.6 + (1.3 if broad else 0.8) * len(places))
    figure, axes = canvas(height, width=width)
    for row in part.itertuples():
        at = places.index(row.circumstance), rows.index(row.candidate)
        face, ink = (BLUE, "white") if row.first else (LINE, INK)
        axes.add_patch(Rectangle(at, 1, 1, facecolor=face, edgecolor="white", lw=1.5))
        text = f"{row.value:.3f}" if row.value == row.value else "undefined"
        text += f"\n[{row.low:.3f}, {row.high:.3f}]" if broad and row.low == row.low else ""
        middle = (at[0] + 0.5, at[1] + 0.5)
        axes.text(*middle, text, ha="center", va="center", color=ink, fontsize=7)
    below = [
        short(name).replace(": ", ":\n") + f"\n{n:,} items"
        for name, n in zip(places, columns["n"], strict=True)
    ]
    what = f"{metric_name(part['metric'].iloc[0])}, by {own_name(part['kind'].iloc[0])}"
    axes.set(xlim=(0, len(places)), ylim=(len(rows), 0), xlabel=what)
    axes.set_xticks(np.arange(len(places)) + 0.5, below, rotation=0 if broad else 30)
    axes.set_yticks(np.arange(len(rows)) + 0.5, [short(name) for name in rows])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure
