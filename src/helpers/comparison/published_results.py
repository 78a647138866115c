"""Numbers that others published on a study's data, and people's own, with ours among them."""

import pandas as pd

from helpers.catalogue import entries
from helpers.comparison.study_records import StudyRecords
from helpers.core.records.data import DataRecord, PublishedResult
from helpers.core.records.training import ModelFacts

COLUMNS = ["name", "metric", "value", "low", "high", "protocol", "reference"]


def published_next_to_ours(records: StudyRecords) -> pd.DataFrame:
    """List what was published on the study's data with our candidates, by metric, best first."""
    data = records.data
    if data is None:
        return pd.DataFrame(columns=COLUMNS)
    published = entries.data(data.source).published if isinstance(data.source, str) else ()
    rows = [PublishedResult(**entry.model_dump()) for entry in published] + data.ceiling
    metrics = dict.fromkeys(row.metric for row in rows)
    for name, record in records.metrics.items():
        protocol = f"{_splits(data)}{_reading(records.trainings[name].backbone)}"
        ours = {"name": name, "protocol": protocol, "reference": "this report"}
        for metric in metrics:
            result = record.metrics.get(metric)
            if result and result.value is not None:
                values = {key: getattr(result, key) for key in ("value", "low", "high")}
                rows.append(PublishedResult.model_validate({"metric": metric} | ours | values))
    table = pd.DataFrame([row.facts() for row in rows], columns=COLUMNS)
    return table.sort_values(["metric", "value"], ascending=[True, False], ignore_index=True)


def _splits(data: DataRecord) -> str:
    counts = data.counts
    share = "all" if counts.used == counts.original else f"{counts.used:,} of"
    splits = [f"{counts.splits.get(name, 0):,} {name}" for name in ("train", "validation", "test")]
    return f"{share} {counts.original:,} items: {', '.join(splits)}"


def _reading(model: ModelFacts) -> str:
    facts = [model.preprocessing] if model.preprocessing else []
    facts += [f"vocabulary of {model.vocabulary}"] if model.vocabulary else []
    return "".join(f"; {fact}" for fact in facts)
