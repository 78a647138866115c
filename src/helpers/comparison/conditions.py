"""All candidates of a study where they were looked at apart: slices, noises, other sources."""

from typing import Any

import pandas as pd

from helpers.core.formatting import names, one_line, own_name
from helpers.core.records.metrics import CorruptionResult, Metrics, NoiseResult
from helpers.metrics.registry import lower_is_better

COLUMNS = ["kind", "circumstance", "candidate", "n", "metric", "value", "low", "high"]
NOISE, SOURCE = "noise", "source"
NAMED = 4
"""Circumstances that a sentence names; the figure has them all."""


def of(study: str, candidates: list[str]) -> pd.DataFrame:
    """Gather what each candidate's evaluation says of parts of the test, and of harder ones.

    Returns
    -------
    DataFrame
        kind (a column that items were sliced by, noise, source), circumstance, candidate, n,
        metric, value, low, high. Of several severities only the highest is there; of sources
        those that were met after training at home.
    """
    rows = []
    for candidate in candidates:
        record = Metrics.find(study, candidate)
        if record:
            common = {"candidate": candidate, "metric": record.primary}
            found = [*_slices(record), *_noises(record), *_sources(record)]
            rows += [common | row for row in found]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.astype({name: float for name in ("value", "low", "high")})


def _slices(record: Metrics) -> list[dict[str, Any]]:
    return [
        row.facts() | {"kind": _apart(row.column), "circumstance": row.slice}
        for row in record.slices
    ]


def _apart(column: str) -> str:
    """Keep a column of the data apart from the kinds of ours that its name may be."""
    return f"column {column}" if column in (NOISE, SOURCE) else column


def _noises(record: Metrics) -> list[dict[str, Any]]:
    """Take a recogniser's conditions as they are, of severities the highest and none."""
    heard = [row for row in record.robustness if isinstance(row, NoiseResult)]
    corrupted = [row for row in record.robustness if isinstance(row, CorruptionResult)]
    worst = max((row.severity for row in corrupted), default=0)
    rows = [row.facts() | {"circumstance": row.condition} for row in heard]
    rows += [row.facts() | {"circumstance": "unchanged"} for row in corrupted[:1]]
    rows += [
        row.facts() | {"circumstance": f"{row.noise} {worst:g}"}
        for row in corrupted
        if row.severity == worst
    ]
    return [row | {"kind": NOISE} for row in rows]


def _sources(record: Metrics) -> list[dict[str, Any]]:
    return [
        row.facts() | {"kind": SOURCE, "circumstance": row.tested_on}
        for row in record.shift
        if row.trained_on == record.study
    ]


def kinds(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Part the table by kind, where two circumstances and two candidates can be told apart.

    Returns
    -------
    list of tuple
        The kind, and its rows with the column ``first``: whether no candidate does better there.
        What is undefined for all candidates is left out.
    """
    defined = table["value"].groupby([table["kind"], table["circumstance"]]).transform("count") > 0
    return [
        (kind, part.assign(first=_first(part)))
        for kind, part in table[defined].groupby("kind", sort=False)
        if part["circumstance"].nunique() > 1 and part["candidate"].nunique() > 1
    ]


def _first(part: pd.DataFrame) -> pd.Series:
    values = part["value"] * (-1 if lower_is_better(part["metric"].iloc[0]) else 1)
    return values == values.groupby(part["circumstance"]).transform("max")


def sentences(table: pd.DataFrame, winner: str) -> list[str]:
    """Say of each kind where the winner of the whole is first too, and who is elsewhere."""
    said, everywhere = [], []
    for kind, part in kinds(table):
        if winner not in set(part["candidate"]):
            continue
        best = part[part["first"]]
        every, own = part["circumstance"].nunique(), best[best["candidate"] == winner]
        if len(own) == every:
            everywhere.append(own_name(kind))
            continue
        where = f" ({_some(own)})" if len(own) else ""
        rest = best[~best["circumstance"].isin(own["circumstance"])]
        others = [f"{other} on {_some(on)}" for other, on in rest.groupby("candidate", sort=False)]
        leads = f"By {own_name(kind)}, {winner} is first on {len(own)} of {every}{where}"
        said.append(f"{leads}; {'; '.join(others)}. Such parts are small, and no test was made.")
    if everywhere:
        said.append(f"By {names(everywhere)}, no candidate does better than {winner} on any part.")
    return said


def _some(rows: pd.DataFrame) -> str:
    return names([one_line(each) for each in rows["circumstance"]], NAMED)
