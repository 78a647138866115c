"""The parts that results are looked at by: a column's values, or the quartiles of a number."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.metrics.scores import COUNT_METRICS
from helpers.metrics.slices import by_slice
from helpers.predictions import Predictions

MANY_VALUES = 12
NAMES = ("group", "speaker")
"""Columns whose numbers are names: those between two of them mean nothing."""


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
    if column.nunique() > MANY_VALUES:
        numbers = pd.to_numeric(column, errors="coerce").astype(float)
        if np.isfinite(numbers).equals(column.notna()) and column.name not in NAMES:
            column = _quartiles(numbers)
        else:
            common = column.value_counts().index[: MANY_VALUES - 1]
            column = column.where(column.isin(common) | column.isna(), "(others)")
    return column.astype(str).mask(column.isna(), "(none)").to_numpy(str)


def _quartiles(numbers: pd.Series) -> pd.Series:
    """Name the quartile that each number lies in, with the least and the most there."""
    parts = pd.qcut(numbers, 4, duplicates="drop")
    ends = numbers.groupby(parts, observed=True).agg(["min", "max"])
    names = {
        part: f"quartile {number}: {least:g} to {most:g}"
        for number, (part, least, most) in enumerate(ends.itertuples(), start=1)
    }
    return parts.astype(object).map(names)
