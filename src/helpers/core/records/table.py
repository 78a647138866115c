"""Every record by the name of its file, and their JSON Schemas."""

import json
from pathlib import Path
from typing import Any

from helpers.core import files, paths
from helpers.core.records.across import Across
from helpers.core.records.base import Record
from helpers.core.records.classification_metrics import ClassificationMetrics
from helpers.core.records.data import DataRecord
from helpers.core.records.detection_metrics import DetectionMetrics
from helpers.core.records.leaderboard import Leaderboard
from helpers.core.records.lesson import LessonRecord
from helpers.core.records.metrics import Metrics
from helpers.core.records.pretraining import PretrainingRecord
from helpers.core.records.selection import Selection
from helpers.core.records.shift import Shift
from helpers.core.records.speech_metrics import SpeechMetrics
from helpers.core.records.stages import StageRun, Status
from helpers.core.records.training import Training

_KINDS: list[type[Record]] = [Across, DataRecord, Leaderboard, LessonRecord, Metrics, Selection]
_KINDS += [PretrainingRecord, Shift, StageRun, Status, Training]
RECORDS: dict[str, type[Record]] = {record.FILE: record for record in _KINDS}
SCHEMAS: dict[str, type[Record]] = {
    **{file.removesuffix(".json"): record for file, record in RECORDS.items()},
    "metrics-classification": ClassificationMetrics,
    "metrics-object-detection": DetectionMetrics,
    "metrics-speech-recognition": SpeechMetrics,
}


def schemas() -> dict[str, str]:
    """Return the text of each JSON Schema, by its name in docs/schema/."""
    texts = {}
    for name, record in sorted(SCHEMAS.items()):
        schema: dict[str, Any] = record.model_json_schema(by_alias=True)
        schema["properties"]["version"]["const"] = record.model_fields["version"].default
        schema["required"] = sorted([*schema["required"], "version"])
        texts[f"{name}.json"] = json.dumps(schema, indent=1, sort_keys=True) + "\n"
    return texts


def write_schemas() -> list[Path]:
    """Write docs/schema/, a file a record, and return the files."""
    folder = paths.root() / "docs" / "schema"
    for name, text in schemas().items():
        files.write_text(folder / name, text)
    return [folder / name for name in schemas()]
