"""Numbers that others published on a study's data, and people's own, with ours among them."""

import pandas as pd

from helpers import catalogue, files, paths

COLUMNS = ["name", "metric", "value", "low", "high", "protocol", "reference"]
OURS = "this study's test side"


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
    entries = catalogue.data(source).published if isinstance(source, str) else ()
    rows = [*(entry.model_dump() for entry in entries), *record.get("ceiling", [])]
    metrics = dict.fromkeys(row["metric"] for row in rows)
    ours = [row for name in candidates for row in _ours(study, name, list(metrics))]
    table = pd.DataFrame([*rows, *ours], columns=COLUMNS)
    return table.sort_values(["metric", "value"], ascending=[True, False], ignore_index=True)


def _ours(study: str, candidate: str, metrics: list[str]) -> list[dict]:
    """Read a candidate's own numbers from its metrics.json, where it has one."""
    file = paths.build(study, candidate) / "metrics.json"
    known = files.read_json(file)["metrics"] if file.is_file() else {}
    return [
        {name: known[metric][name] for name in ("value", "low", "high")}
        | {"name": candidate, "metric": metric, "protocol": OURS, "reference": "this report"}
        for metric in metrics
        if metric in known and known[metric]["value"] is not None
    ]
