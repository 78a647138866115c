"""Slices of the test items: by the values of a column, or the quartiles of a number."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.errors import check_known
from helpers.core.formatting import own_name, significant
from helpers.metrics.metric import CLASSIFICATION
from helpers.metrics.registry import lower_is_better, names
from helpers.metrics.slices import Slices

MANY_VALUES = 12
NAMES = ("group", "speaker")  # columns whose numbers are names and have no order
AND = " and "
LEAST_GAP = 0.0005  # smallest gap that three decimals show


@dataclass(frozen=True)
class SliceTables:
    """``scores`` has a row per slice, ``gaps`` a row per column: its largest and usual gap."""

    scores: pd.DataFrame
    gaps: pd.DataFrame


def check_columns(columns: Sequence[str], items: pd.DataFrame, study: str) -> None:
    """Raise a UserError for a column that the study's items do not have."""
    for column in columns:
        check_known("slice", column, items.columns, f"build/{study}/splits.parquet")


def tabulate(
    items: pd.DataFrame, columns: Sequence[str], metric: str, compare: Callable[[NDArray], Slices]
) -> SliceTables:
    """Score each slice of some columns of the items, and compare each column's gap with chance.

    ``compare`` estimates the metric from the name of each item's slice [N].
    """
    rows, gaps = [], []
    for column in columns:
        slices = compare(named(items[column]))
        for name, size, value in zip(slices.names, slices.sizes, slices.estimates, strict=True):
            row = {"column": column, "slice": name, "n": size, "metric": metric}
            rows.append(row | asdict(value))
        held = slices.usual_gap, slices.p, slices.lowest, slices.highest
        gaps.append((column, metric, slices.gap, _between(slices), *held))
    fields = ["column", "slice", "n", "metric", "value", "low", "high", "method", "note"]
    chance = ["column", "metric", "gap", "between", "usual_gap", "p", "lowest", "highest"]
    return SliceTables(pd.DataFrame(rows, columns=fields), pd.DataFrame(gaps, columns=chance))


def sentences(tables: SliceTables) -> list[str]:
    """Say for each column with a gap between its slices whether it is more than chance."""
    lines = []
    for row in tables.gaps[tables.gaps["gap"] >= LEAST_GAP].to_dict("records"):
        best, worst = row["highest"], row["lowest"]
        if lower_is_better(row["metric"]):
            best, worst = worst, best
        gap = f"Slices of {own_name(row['column'])} differ by up to {row['gap']:.3f}"
        ends = f"best {best}, worst {worst}"
        if row["between"] and row["between"] != AND.join((row["lowest"], row["highest"])):
            ends = f"between {row['between']}; for what each holds, {ends}"
        lines.append(f"{gap} ({ends}), {_verdict(row['metric'], row['p'])}.")
    return lines


def _between(slices: Slices) -> str:
    """Name the slices between which the gap is, the lower value first."""
    pairs = zip(slices.estimates, slices.names, strict=True)
    defined = [(found.value, name) for found, name in pairs if np.isfinite(found.value)]
    return AND.join((min(defined)[1], max(defined)[1])) if len(defined) > 1 else ""


def _verdict(metric: str, p: float) -> str:
    if np.isnan(p):
        return "but too few groups, or no classes, are shared: no test can tell this from chance"
    more = "more than" if p < 0.05 else "no more than"
    mixes = " for slices of their mixes of classes" if metric in names(CLASSIFICATION) else ""
    return f"{more} chance explains{mixes} (p = {p:.3f})"


def named(column: pd.Series) -> NDArray:
    """Name each item's slice: the value, the quartile of a number of many values, or (none)."""
    if column.nunique() > MANY_VALUES:
        numbers = pd.to_numeric(column, errors="coerce").astype(float)
        if column.dtype.kind == "M":
            column = _quartiles(column)
        elif np.isfinite(numbers).equals(column.notna()) and column.name not in NAMES:
            column = _quartiles(numbers)
        else:
            common = column.value_counts().index[: MANY_VALUES - 1]
            column = column.where(column.isin(common) | column.isna(), "(others)")
    return column.astype(str).mask(column.isna(), "(none)").to_numpy(str)


def _quartiles(numbers: pd.Series) -> pd.Series:
    parts = pd.qcut(numbers, 4, duplicates="drop")
    ends = numbers.groupby(parts, observed=True).agg(["min", "max"])
    days = numbers.dtype.kind == "M"
    write = (lambda moment: str(moment.date())) if days else _writer(ends.to_numpy())
    names = {
        part: f"quartile {number}: {write(least)} to {write(most)}"
        for number, (part, least, most) in enumerate(ends.itertuples(), start=1)
    }
    return parts.astype(object).map(names)


def _writer(ends: NDArray) -> Callable[[float], str]:
    """Return what writes numbers with as few digits as keep them distinct; whole ones in full."""
    if (ends == ends.round()).all():
        return "{:.0f}".format
    apart = len(np.unique(ends))
    for digits in range(3, 16):
        if len({significant(end, digits) for end in ends.flat}) == apart:
            break
    return partial(significant, digits=digits)
