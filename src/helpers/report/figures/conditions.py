"""Figure of all candidates under each condition: on slices, on corrupted items, after a shift."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from helpers.core.formatting import own_name
from helpers.metrics.names import metric_name
from helpers.report.figures.style import canvas, filled_cell, label_cells, short

BROAD = 5
"""Largest number of conditions for which a cell has room for its interval."""


def metric_by_condition(table: pd.DataFrame, order: Sequence[str]) -> Figure:
    """Draw a matrix of values with intervals: a row a candidate, a column a condition.

    ``table`` has the columns kind, condition, candidate, n, metric, value, low, high, first, of
    one kind of condition; the best candidate of each (``first``) is in colour. ``order`` lists the
    candidates, best first.
    """
    counts = table.drop_duplicates("condition").set_index("condition")["n"]
    columns = counts.index.tolist()
    rows = [name for name in order if name in set(table["candidate"])]
    broad = len(columns) <= BROAD
    width = min(9.0, 2.6 + (1.3 if broad else 0.8) * len(columns))
    figure, axes = canvas(1.5 + 0.42 * len(rows), width=width)
    for row in table.itertuples():
        text = f"{row.value:.3f}" if row.value == row.value else "undefined"
        text += f"\n[{row.low:.3f}, {row.high:.3f}]" if broad and row.low == row.low else ""
        corner = (columns.index(row.condition), rows.index(row.candidate))
        filled_cell(axes, corner, text, row.first)
    names = [short(name).replace(": ", ":\n") + f"\n{n:,} items" for name, n in counts.items()]
    label_cells(axes, names, rows, tilted=not broad)
    metric, kind = metric_name(table["metric"].iloc[0]), own_name(table["kind"].iloc[0])
    axes.set_xlabel(f"{metric} by {kind}; blue: the best" + " (95 % CI)" * broad)
    return figure
