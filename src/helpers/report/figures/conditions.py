"""Figure of all candidates under each condition: on slices, on corrupted items, after a shift."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from helpers.core.formatting import own_name
from helpers.metrics.names import metric_name
from helpers.report.figures import style

BROAD = 5  # largest number of conditions for which a cell has room for its interval


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
    axes.set_xlabel(f"{metric} by {kind}; blue: the best" + " (95 % CI)" * broad)
    return figure
