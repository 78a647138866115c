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
NAMED = 4  # conditions that a sentence names; the figure has them all


def gather(records: StudyRecords) -> pd.DataFrame:
    """Tabulate each candidate's results on subsets of the test items and on harder ones.

    The kind is noise, source or the column that items were sliced by. Of several severities only
    the highest is there; of sources those that a model of the study's own data was tested on.
    """
    rows = [
        {"candidate": name, "metric": record.primary} | row
        for name, record in records.metrics.items()
        for row in _conditions(record)
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.astype({name: float for name in ("value", "low", "high")})


def _conditions(record: Metrics) -> Iterator[dict[str, Any]]:
    for part in record.slices:
        # A column of the data may have the name of a kind of ours.
        kind = f"column {part.column}" if part.column in (NOISE, SOURCE) else part.column
        yield part.facts() | {"kind": kind, "condition": part.slice}
    for row in record.robustness:
        if isinstance(row, NoiseResult):
            yield row.facts() | {"kind": NOISE}
    corrupted = [row for row in record.robustness if isinstance(row, CorruptionResult)]
    worst = max((row.severity for row in corrupted), default=0)
    for row in corrupted[:1]:
        yield row.facts() | {"kind": NOISE, "condition": "unchanged"}
    for row in corrupted:
        if row.severity == worst:
            yield row.facts() | {"kind": NOISE, "condition": f"{row.noise} {worst:g}"}
    for shift in record.shift:
        if shift.trained_on == record.study:
            yield shift.facts() | {"kind": SOURCE, "condition": shift.tested_on}


def languages(records: StudyRecords) -> pd.DataFrame:
    """Tabulate each candidate's error rates by language; empty where there are none."""
    rows = [
        {"candidate": name} | part.facts()
        for name, record in records.metrics.items()
        for part in record.languages
    ]
    return (
        pd.DataFrame(rows).sort_values(["language", "source"], kind="stable")
        if rows
        else pd.DataFrame()
    )


def kinds(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Split the table by kind, where at least two candidates have two defined conditions.

    The column ``first`` that is added says whether no candidate does better in that condition.
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
    lines, everywhere = [], []
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
        lines.append(f"{leads}; {others}. These subsets are small; no significance test was run.")
    if everywhere:
        lines.append(f"By {names(everywhere)}, no candidate beats {winner} on any subset.")
    return lines


def _listed(rows: pd.DataFrame) -> str:
    return names([one_line(condition) for condition in rows["condition"]], NAMED)
