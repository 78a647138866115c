"""Numbers that others published on a study's data, and people's own, with ours among them."""

import pandas as pd

from helpers.catalogue import entries
from helpers.core.records.data import Counts, Data
from helpers.core.records.metrics import Metrics
from helpers.core.records.training import Training

COLUMNS = ["name", "metric", "value", "low", "high", "protocol", "reference"]


def beside(study: str, candidates: list[str]) -> pd.DataFrame:
    """List what was published on the study's data, and our candidates in the same metrics.

    Returns
    -------
    DataFrame
        name, metric, value, low, high, protocol, reference; by metric, the best first. No row where
        nothing was published.
    """
    data = Data.find(study)
    source, ceiling = (data.source, data.ceiling) if data else ({}, [])
    published = entries.data(source).published if isinstance(source, str) else ()
    rows = [*(entry.model_dump() for entry in published), *(row.facts() for row in ceiling)]
    metrics = dict.fromkeys(row["metric"] for row in rows)
    sides = _sides(data.counts if data else None)
    ours = [row for name in candidates for row in _ours(study, name, list(metrics), sides)]
    table = pd.DataFrame([*rows, *ours], columns=COLUMNS)
    return table.sort_values(["metric", "value"], ascending=[True, False], ignore_index=True)


def _ours(study: str, candidate: str, metrics: list[str], sides: str) -> list[dict]:
    """Read a candidate's own numbers from its metrics.json, where it has one."""
    record = Metrics.find(study, candidate)
    known = record.metrics if record else {}
    protocol = f"{sides}{_reading(study, candidate)}"
    return [
        {name: getattr(known[metric], name) for name in ("value", "low", "high")}
        | {"name": candidate, "metric": metric, "protocol": protocol, "reference": "this report"}
        for metric in metrics
        if metric in known and known[metric].value is not None
    ]


def _sides(counts: Counts | None) -> str:
    """Say how many items were used, and for what."""
    if not counts:
        return "this study's test side"
    of = {side: f"{counts.splits.get(side, 0):,}" for side in ("train", "validation", "test")}
    share = "all" if counts.used == counts.original else f"{counts.used:,} of"
    used = f"{share} {counts.original:,} items"
    return f"{used}: {of['train']} train, {of['validation']} validate, {of['test']} test"


def _reading(study: str, candidate: str) -> str:
    """Say how a candidate reads an item, where its training says so."""
    model = Training.of(study, candidate).backbone
    said = [model.preprocessing] if model.preprocessing else []
    said += [f"vocabulary of {model.vocabulary}"] if model.vocabulary else []
    return "".join(f"; {each}" for each in said)
