"""What makes a stage out of date, and what does not."""

import os
import shutil

import pytest
from factories.stages import STUDY, edit_cell, finish, stale

from helpers.core import code_digest, paths
from helpers.pipeline import plan


def test_touching_every_file_reruns_nothing(study, repository):
    assert stale() == []
    for path in repository.rglob("*"):
        os.utime(path, (0, 0))
    assert stale() == []


def test_an_edited_cell_reruns_its_stage_and_what_follows(study):
    edit_cell("3-evaluate", "code", "\nprint()")
    assert set(stale()) == {
        "small/majority/3-evaluate",
        "small/pixels/3-evaluate",
        "small/4-compare",
    }


def test_an_edited_metric_trains_nothing(study, tmp_path, monkeypatch):
    copied = tmp_path / "helpers"
    shutil.copytree(code_digest.SOURCE, copied, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(code_digest, "SOURCE", copied)
    scores = copied / "metrics" / "confusion_matrix.py"
    for change, stages in (
        ("\n# a comment\n", set()),
        ("\nEDITED = True\n", {"3-evaluate", "4-compare"}),
    ):
        scores.write_text(scores.read_text() + change)
        for cached in (code_digest.of_module, code_digest._imports_of):
            cached.cache_clear()
        assert {key.rpartition("/")[2] for key in stale()} == stages
    for cached in (code_digest.of_module, code_digest._imports_of):
        cached.cache_clear()


def test_a_candidates_parameter_reruns_that_candidate(study, repository):
    changed = STUDY.replace("image_size: 8", "image_size: 6")
    (repository / "params" / "small.yaml").write_text(changed)
    assert stale() == ["small/pixels/2-train", "small/pixels/3-evaluate", "small/4-compare"]


def test_a_damaged_or_missing_output_reruns_its_stage(study):
    (paths.build("small") / "splits.parquet").write_text("cut sho")
    assert stale()[0] == "small/1-data" and len(stale()) == 6


@pytest.mark.parametrize("name", ["shift.json", "shift/other/splits.parquet", "shift/other/new"])
def test_what_a_stage_writes_for_some_studies_alone_is_watched_too(study, name):
    """A later stage would read what is damaged, or pass over in silence what is missing."""
    inside = paths.build("small", None) / "shift" / "other"
    inside.mkdir(parents=True)
    (inside / "splits.parquet").write_bytes(b"rows")
    (inside.parents[1] / "shift.json").write_text("{}")
    finish(plan.find("small/1-data"))
    for each in plan.of("small")[1:]:
        finish(plan.find(each.key))
    assert stale() == []
    (inside.parents[1] / name).write_bytes(b"other")
    assert "small/1-data" in stale() and "small/majority/2-train" in stale()


def test_corrupted_predictions_that_go_are_made_again(study):
    file = paths.build("small", "majority") / "robustness.parquet"
    file.write_bytes(b"rows")
    finish(plan.find("small/majority/2-train"))
    for name in ("small/majority/3-evaluate", "small/4-compare"):
        finish(plan.find(name))
    assert stale() == []
    file.unlink()
    assert stale()[0] == "small/majority/2-train"
