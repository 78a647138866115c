"""Numbers that others published on a study's data, and people's own, with ours among them."""

from typing import Any

import pandas as pd

from helpers.catalogue import entries
from helpers.core import files, paths

COLUMNS = ["name", "metric", "value", "low", "high", "protocol", "reference"]


def beside(study: str, candidates: list[str]) -> pd.DataFrame:
    """List what was published on the study's data, and our candidates in the same metrics.

    Returns
    -------
    DataFrame
        name, metric, value, low, high, protocol, reference; by metric, the best first. No row where
        nothing was published.
    """
    file = paths.build(study) / "data.json"
    record = files.read_json(file) if file.is_file() else {}
    source = record.get("source")
    published = entries.data(source).published if isinstance(source, str) else ()
    rows = [*(entry.model_dump() for entry in published), *record.get("ceiling", [])]
    metrics = dict.fromkeys(row["metric"] for row in rows)
    sides = _sides(record.get("counts"))
    ours = [row for name in candidates for row in _ours(study, name, list(metrics), sides)]
    table = pd.DataFrame([*rows, *ours], columns=COLUMNS)
    return table.sort_values(["metric", "value"], ascending=[True, False], ignore_index=True)


def _ours(study: str, candidate: str, metrics: list[str], sides: str) -> list[dict]:
    """Read a candidate's own numbers from its metrics.json, where it has one."""
    file = paths.build(study, candidate) / "metrics.json"
    known = files.read_json(file)["metrics"] if file.is_file() else {}
    protocol = f"{sides}{_reading(study, candidate)}"
    return [
        {name: known[metric][name] for name in ("value", "low", "high")}
        | {"name": candidate, "metric": metric, "protocol": protocol, "reference": "this report"}
        for metric in metrics
        if metric in known and known[metric]["value"] is not None
    ]


def _sides(counts: dict[str, Any] | None) -> str:
    """Say how many items were used, and for what."""
    if not counts:
        return "this study's test side"
    of = {side: f"{counts['splits'].get(side, 0):,}" for side in ("train", "validation", "test")}
    used, original = counts["used"], counts["original"]
    used = f"all {used:,} items" if used == original else f"{used:,} of {original:,} items"
    return f"{used}: {of['train']} train, {of['validation']} validate, {of['test']} test"


def _reading(study: str, candidate: str) -> str:
    """Say how a candidate reads an item, where its training says so."""
    file = paths.build(study, candidate) / "training.json"
    record = (files.read_json(file).get("backbone") or {}) if file.is_file() else {}
    said = [record["preprocessing"]] if "preprocessing" in record else []
    said += [f"vocabulary of {record['vocabulary']}"] if "vocabulary" in record else []
    return "".join(f"; {each}" for each in said)
