"""The parts that results are looked at by: a column's values, or the quartiles of a number."""

from dataclasses import asdict
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from helpers.metrics.scores import COUNT_METRICS
from helpers.metrics.slices import by_slice
from helpers.predictions import Predictions

MANY_VALUES = 12


def tabulate(
    data: Predictions, primary: str, columns: list[str] | tuple[str, ...], options: dict[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score each slice of some columns, a row a slice; and each column's gap, held against chance.

    The metric is the primary one where a confusion matrix gives it, else accuracy.
    """
    metric = primary if primary in COUNT_METRICS else "accuracy"
    rows, gaps = [], []
    for column in columns:
        values = named(data.items[column])
        found = by_slice(
            metric, data.labels, data.predictions, len(data.classes), values, **options
        )
        for name, size, each in zip(found.names, found.sizes, found.estimates, strict=True):
            row = {"column": column, "slice": name, "n": size, "metric": metric}
            rows.append(row | asdict(each))
        gap = {"gap": found.gap, "gap_by_chance": found.null_gap, "p": found.p}
        gaps.append({"column": column, "metric": metric, **gap})
    names = ["column", "slice", "n", "metric", "value", "low", "high", "method", "note"]
    chance = ["column", "metric", "gap", "gap_by_chance", "p"]
    return pd.DataFrame(rows, columns=names), pd.DataFrame(gaps, columns=chance)


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
