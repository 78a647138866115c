"""The winner's results as a model card has them: a `model-index` in the format of Hugging Face."""

from typing import Any

import yaml

from helpers.comparison.result import Comparison
from helpers.core import files, paths
from helpers.core.records.data import DataRecord
from helpers.core.records.metrics import Metrics
from helpers.core.records.parts import Result
from helpers.data import sources

# Names of the hub where they differ from ours.
HUB_NAMES = {"word-error-rate": "wer", "character-error-rate": "cer"}
HUB_NAMES |= {"speech-recognition": "automatic-speech-recognition"}


def model_index(comparison: Comparison) -> dict[str, Any]:
    """Describe the winner's defined metrics on the test items, with intervals as arguments."""
    study, winner = comparison.study, comparison.table.iloc[0]["run"]
    metrics, data = Metrics.read(study, winner).metrics, DataRecord.read(study)
    kind = data.source if isinstance(data.source, str) else sources.kind_of(data.source)
    task = HUB_NAMES.get(data.task, data.task)
    defined = [name for name in sorted(metrics) if metrics[name].value is not None]
    result = {
        "task": {"type": task},
        "dataset": {"name": study, "type": kind, "split": "test"},
        "metrics": [_metric(name, metrics[name]) for name in defined],
    }
    return {"model-index": [{"name": f"{study}-{winner}", "results": [result]}]}


def _metric(name: str, result: Result) -> dict[str, Any]:
    kind = HUB_NAMES.get(name, name.replace("-", "_"))
    entry: dict[str, Any] = {"type": kind, "value": result.value, "name": name}
    if result.low is not None:
        entry["args"] = {"low": result.low, "high": result.high, "level": 0.95}
    return entry


def save(comparison: Comparison) -> None:
    """Write model-index.yaml, to be pasted between the dashes at the head of a model card."""
    if Metrics.find(comparison.study, comparison.table.iloc[0]["run"]) is None:
        return  # not evaluated, where two files are compared
    text = yaml.safe_dump(model_index(comparison), sort_keys=False, allow_unicode=True)
    files.write_text(paths.build(comparison.study) / "model-index.yaml", text)
