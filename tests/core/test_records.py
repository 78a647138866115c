"""Records of build/: what is written reads back, versions are checked, schemas are fresh."""

import json

import numpy as np
import pytest
from factories.records import (
    data_record,
    detection_metrics_record,
    leaderboard_record,
    metrics_record,
    selection_record,
    speech_metrics_record,
    training_record,
)
from factories.repository import REPOSITORY
from factories.study import evaluated, made_study

from helpers.comparison import leaderboard
from helpers.core import files, paths
from helpers.core.errors import UserError
from helpers.core.records import table
from helpers.core.records.classification_metrics import ClassificationMetrics
from helpers.core.records.data import DataRecord
from helpers.core.records.leaderboard import Leaderboard
from helpers.core.records.lesson import LessonRecord
from helpers.core.records.metrics import CorruptionResult, Metrics, NoiseResult
from helpers.core.records.parts import Cost
from helpers.core.records.speech_metrics import SpeechMetrics
from helpers.core.records.training import Training

MADE = [
    data_record(checks=[{"code": "D101", "count": 2}]),
    training_record(backbone={"digest": "made", "layers": 4}, cost={"fit_seconds": 1.5}),
    metrics_record(metrics={"accuracy": {"value": 0.9}}),
    speech_metrics_record(),
    detection_metrics_record(),
    leaderboard_record(rows=[{"candidate": "probe-a"}]),
    selection_record(["a", "b"], ["a"]),
    LessonRecord(
        lesson="made", claims={"it": {"value": 1, "low": 0, "high": 2, "sentence": "So."}}
    ),
]


@pytest.mark.parametrize("record", MADE, ids=lambda record: type(record).__name__)
def test_a_record_reads_back_as_it_was_written(repository, record):
    record.write("made")
    assert type(record).read("made") == record
    content = json.loads(record.path("made").read_text())
    assert content["version"] == record.version
    assert content.keys() == record.facts().keys() | {"version"}


@pytest.mark.parametrize("version", [None, 0, 99])
def test_another_version_is_answered_in_one_line_that_says_what_to_run(repository, version):
    content = {"study": "made"} if version is None else {"study": "made", "version": version}
    files.write_json(DataRecord.path("made"), content)
    with pytest.raises(UserError) as answer:
        DataRecord.read("made")
    line = str(answer.value)
    assert line.startswith("build/made/data.json ") and "run `make made`" in line
    assert f"version {version or 0}," in line and "\n" not in line


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1}', '{"version": 1, "study": 7}'])
def test_a_broken_record_is_answered_in_one_line(repository, text):
    files.write_text(DataRecord.path("made"), text)
    with pytest.raises(UserError) as answer:
        DataRecord.read("made")
    assert "build/made/data.json" in str(answer.value) and "\n" not in str(answer.value)


def test_a_missing_record_is_none_or_one_line(repository):
    assert DataRecord.find("made") is None and DataRecord.outdated(DataRecord.path("made")) == ""
    with pytest.raises(UserError, match="build/made/data.json: no such file: run `make made`"):
        DataRecord.read("made")


def test_undefined_numbers_are_null_and_numpy_ones_plain(repository):
    cost = {"fit_seconds": np.float32("nan"), "threads": np.int64(2), "gflops": np.inf}
    training_record(cost=cost).write("made", "probe-a")
    read = Training.read("made", "probe-a").cost
    assert (read.fit_seconds, read.threads, read.gflops) == (None, 2, None)
    assert read.facts() == {"fit_seconds": None, "threads": 2, "gflops": None}
    assert Cost().facts() == {}


def test_predictions_without_a_training_have_only_their_name(repository):
    training = Training.of("made", "theirs")
    assert training.resolved_model == "theirs" and not training.adaptation
    assert training.cost.facts() == {} and training.validation is None


def test_a_reader_of_what_tasks_share_need_not_know_the_task(repository):
    made_study({"probe-a": 1.5}, items=400)
    evaluated("made", "probe-a", slices=["cell_type"], resamples=100)
    shared = Metrics.read("made", "probe-a")
    whole = ClassificationMetrics.read("made", "probe-a")
    assert shared.metrics == whole.metrics and len(shared.slices) == 2
    assert len(whole.per_class) == len(whole.confusion) == 2
    assert len(whole.selective.risk) == len(whole.selective.low) > 10
    with pytest.raises(UserError, match="metrics.json"):
        SpeechMetrics.read("made", "probe-a")
    leaderboard.save(leaderboard.compare("made", ["probe-a"], resamples=100))
    assert Leaderboard.read("made").rows[0].cost.fit_seconds == 12.5


def test_robustness_is_told_apart_by_its_rows():
    noise = {"condition": "white noise at 5 dB", "kind": "white", "strength": 5.0, "n": 3}
    blur = {"noise": "blur", "severity": 0.2, "n": 3, "changed": 1, "metric": "accuracy"}
    for row, kind in ((noise, NoiseResult), (blur, CorruptionResult)):
        [found] = metrics_record(robustness=[row]).robustness
        assert isinstance(found, kind)


@pytest.mark.parametrize("name", table.schemas())
def test_the_published_schemas_are_fresh(name):
    """Write them with ``python -m helpers schema``."""
    assert (REPOSITORY / "docs" / "schema" / name).read_text() == table.schemas()[name]
    schema = json.loads(table.schemas()[name])
    assert schema["description"] and "version" in schema["required"]
    parts = schema.get("$defs", {}).items()
    assert all(part["description"] for name, part in parts if name != "JsonValue")


def test_no_schema_is_left_over():
    assert {file.name for file in (REPOSITORY / "docs" / "schema").iterdir()} == {*table.schemas()}
    assert paths.root() == REPOSITORY
