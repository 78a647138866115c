"""What makes a stage out of date, and what does not."""

import os
import shutil

from factories.stages import STUDY, edit_cell, stale

from helpers.core import code_digest, paths


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
