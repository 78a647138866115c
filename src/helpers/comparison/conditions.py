"""All candidates of a study on slices of the test items, on corrupted ones, on other sources."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from helpers.comparison.study_records import StudyRecords
from helpers.core.formatting import names, one_line, own_name
from helpers.core.records.metrics import CorruptionResult, Metrics, NoiseResult
from helpers.metrics.registry import lower_is_better

COLUMNS = ["kind", "condition", "candidate", "n", "metric", "value", "low", "high"]
NOISE, SOURCE = "noise", "source"
NAMED = 4
"""Conditions that a sentence names; the figure has them all."""


def gather(records: StudyRecords) -> pd.DataFrame:
    """Gather what each candidate's evaluation says of parts of the test, and of harder ones.

    Returns
    -------
    DataFrame
        kind (a column that items were sliced by, noise, source), condition, candidate, n, metric,
        value, low, high. Of several severities only the highest is there; of sources those that a
        model trained on the study's own data was tested on.
    """
    rows = [
        {"candidate": name, "metric": record.primary} | row
        for name, record in records.metrics.items()
        for row in [*_slices(record), *_noises(record), *_sources(record)]
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.astype({name: float for name in ("value", "low", "high")})


def _slices(record: Metrics) -> Iterator[dict[str, Any]]:
    for row in record.slices:
        # A column of the data may have the name of a kind of ours.
        kind = f"column {row.column}" if row.column in (NOISE, SOURCE) else row.column
        yield row.facts() | {"kind": kind, "condition": row.slice}


def _noises(record: Metrics) -> Iterator[dict[str, Any]]:
    """Take a recogniser's conditions as they are; of severities the highest and none."""
    corrupted = [row for row in record.robustness if isinstance(row, CorruptionResult)]
    worst = max((row.severity for row in corrupted), default=0)
    for row in record.robustness:
        if isinstance(row, NoiseResult):
            yield row.facts() | {"kind": NOISE}
    for row in corrupted[:1]:
        yield row.facts() | {"kind": NOISE, "condition": "unchanged"}
    for row in corrupted:
        if row.severity == worst:
            yield row.facts() | {"kind": NOISE, "condition": f"{row.noise} {worst:g}"}


def _sources(record: Metrics) -> Iterator[dict[str, Any]]:
    for row in record.shift:
        if row.trained_on == record.study:
            yield row.facts() | {"kind": SOURCE, "condition": row.tested_on}


def kinds(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Split the table by kind, where it has at least two conditions and two candidates.

    Returns
    -------
    list of tuple
        The kind, and its rows with the column ``first``: whether no candidate does better there.
        What is undefined for all candidates is left out.
    """
    defined = table["value"].groupby([table["kind"], table["condition"]]).transform("count") > 0
    return [
        (str(kind), part.assign(first=_first(part)))
        for kind, part in table[defined].groupby("kind", sort=False)
        if part["condition"].nunique() > 1 and part["candidate"].nunique() > 1
    ]


def _first(part: pd.DataFrame) -> pd.Series:
    values = part["value"] * (-1 if lower_is_better(part["metric"].iloc[0]) else 1)
    return values == values.groupby(part["condition"]).transform("max")


def sentences(table: pd.DataFrame, winner: str) -> list[str]:
    """Say of each kind where the overall winner is first too, and which candidate is elsewhere."""
    found, everywhere = [], []
    for kind, part in kinds(table):
        if winner not in set(part["candidate"]):
            continue
        best = part[part["first"]]
        count, won = part["condition"].nunique(), best[best["candidate"] == winner]
        if len(won) == count:
            everywhere.append(own_name(kind))
            continue
        where = f" ({_listed(won)})" if len(won) else ""
        lost = best[~best["condition"].isin(won["condition"])].groupby("candidate", sort=False)
        others = "; ".join(f"{other} on {_listed(rows)}" for other, rows in lost)
        leads = f"By {own_name(kind)}, {winner} is first on {len(won)} of {count}{where}"
        found.append(f"{leads}; {others}. These subsets are small; no significance test was run.")
    if everywhere:
        found.append(f"By {names(everywhere)}, no candidate beats {winner} on any subset.")
    return found


def _listed(rows: pd.DataFrame) -> str:
    return names([one_line(condition) for condition in rows["condition"]], NAMED)
