"""The parts that results are looked at by: a column's values, or the quartiles of a number."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.formatting import own_name, significant
from helpers.metrics.registry import lower_is_better
from helpers.metrics.slices import Slices

MANY_VALUES = 12
NAMES = ("group", "speaker")
"""Columns whose numbers are names: those between two of them mean nothing."""
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
        best, worst = ends if lower_is_better(row["metric"]) else ends[::-1]
        verdict = "more than" if row["p"] < 0.05 else "no more than"
        found.append(
            f"Slices of {own_name(row['column'])} lie up to {row['gap']:.3f} apart "
            f"(best {best}, worst {worst}), {verdict} chance explains (p = {row['p']:.3f})."
        )
    return found


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
    write = _writer(ends.to_numpy())
    names = {
        part: f"quartile {number}: {write(least)} to {write(most)}"
        for number, (part, least, most) in enumerate(ends.itertuples(), start=1)
    }
    return parts.astype(object).map(names)


def _writer(ends: NDArray) -> Callable[[float], str]:
    """Return what writes numbers as short as keeps those apart that are; whole ones in full."""
    if (ends == ends.round()).all():
        return "{:.0f}".format
    apart = len(np.unique(ends))
    for digits in range(3, 16):
        if len({significant(end, digits) for end in ends.flat}) == apart:
            break
    return partial(significant, digits=digits)
