"""The parts that results are looked at by: a column's values, or the quartiles of a number."""

from collections.abc import Callable, Iterable
from dataclasses import asdict

import pandas as pd
from numpy.typing import NDArray

from helpers.metrics.direction import LOWER_IS_BETTER
from helpers.metrics.slices import Slices

MANY_VALUES = 12
LEAST_GAP = 0.0005
"""What is written as 0.001; less is no gap to speak of."""


def tabulate(
    items: pd.DataFrame, columns: Iterable[str], metric: str, of: Callable[[NDArray], Slices]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score each slice of some columns, a row a slice; and each column's gap, held against chance.

    Parameters
    ----------
    items, columns
        The items [N], and which of their columns part them.
    metric, of
        Its name, and the function from the name of each item's slice [N] to what is found.
    """
    rows, gaps = [], []
    for column in columns:
        found = of(named(items[column]))
        for name, size, each in zip(found.names, found.sizes, found.estimates, strict=True):
            row = {"column": column, "slice": name, "n": size, "metric": metric}
            rows.append(row | asdict(each))
        gap = {"gap": found.gap, "usual_gap": found.usual_gap, "p": found.p}
        gaps.append({"column": column, "metric": metric, **gap})
    names = ["column", "slice", "n", "metric", "value", "low", "high", "method", "note"]
    chance = ["column", "metric", "gap", "usual_gap", "p"]
    return pd.DataFrame(rows, columns=names), pd.DataFrame(gaps, columns=chance)


def sentences(slices: pd.DataFrame, gaps: pd.DataFrame) -> list[str]:
    """Say of each column that ``tabulate`` found a gap in whether it is more than chance."""
    found = []
    for row in gaps[gaps["gap"] >= LEAST_GAP].to_dict("records"):
        parts = slices[slices["column"] == row["column"]].dropna(subset="value")
        ends = parts.sort_values("value", kind="stable")["slice"].iloc[[0, -1]]
        best, worst = ends if row["metric"] in LOWER_IS_BETTER else ends[::-1]
        verdict = "more than" if row["p"] < 0.05 else "no more than"
        found.append(
            f"Slices of {row['column']} lie up to {row['gap']:.3f} apart (best {best}, worst "
            f"{worst}), {verdict} chance explains (p = {row['p']:.3f})."
        )
    return found


def named(column: pd.Series) -> NDArray:
    """Name each item's slice: the value, the quartile of a number of many values, or (none)."""
    if pd.api.types.is_numeric_dtype(column) and column.nunique() > MANY_VALUES:
        parts = pd.qcut(column, 4, duplicates="drop")
        ends = column.groupby(parts, observed=True).agg(["min", "max"])
        names = {
            part: f"quartile {number}: {least:g} to {most:g}"
            for number, (part, least, most) in enumerate(ends.itertuples(), start=1)
        }
        column = parts.astype(object).map(names)
    elif column.nunique() > MANY_VALUES:
        common = column.value_counts().index[: MANY_VALUES - 1]
        column = column.where(column.isin(common) | column.isna(), "(others)")
    return column.astype(str).mask(column.isna(), "(none)").to_numpy(str)
