"""The state of each stage, the reasons why it is out of date, and the expected numbers."""

import shutil
import time

import pytest
from factories.records import metrics_record
from factories.stages import STUDY, finish

from helpers.core import files, paths
from helpers.pipeline import plan, run, status


def test_status_json_holds_the_state_of_each_stage(study):
    (paths.build("small") / "splits.parquet").write_text("cut sho")
    status.write()
    written = files.read_json(paths.build() / "status.json")["stages"]
    assert len(written) == 6 and written[0]["state"] == "stale"
    assert written[0]["study"] == "small" and written[0]["notebook"] == "build/small/1-data.ipynb"


def test_why_names_what_changed(study, repository, capsys):
    changed = STUDY.replace("image_size: 8", "image_size: 6")
    (repository / "params" / "small.yaml").write_text(changed)
    status.print_why(["small"])
    assert capsys.readouterr().out.splitlines() == ["small/pixels/2-train: parameters"]
    shutil.rmtree(paths.build("small", "majority"))
    status.print_why(["small"])
    assert "small/majority/2-train: never run" in capsys.readouterr().out


def test_why_names_the_files_of_a_folder(study, repository, capsys):
    """Those that are new or changed since the stage ran, and that some are gone."""
    folder = repository / "own"
    for name in ("a/1.txt", "a/2.txt", "b/1.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    text = STUDY.replace("source: digits-8x8, limit: 120", "source: {folder: own}")
    (repository / "params" / "small.yaml").write_text(text)
    for each in plan.load(["small"]):
        finish(each)
    time.sleep(0.02)  # as files tell times
    (folder / "b" / "1.txt").write_text("x")
    status.print_why(["small"])
    said = capsys.readouterr().out.splitlines()[0]
    assert said.startswith("small/1-data: own (") and "b/1.txt" in said and "a/" not in said
    (folder / "b" / "1.txt").unlink()
    status.print_why(["small"])
    assert "removed" in capsys.readouterr().out


def test_list_counts_the_fresh_stages_of_each_study(study, capsys):
    status.print_list()
    printed = capsys.readouterr().out
    assert "small: 6 of 6" in printed and "majority, pixels" in printed


EXPECT = "expect: {majority-macro-f1: [0.3, 0.4]}\n"


@pytest.mark.parametrize("state", ["ok", "failed", "stale", "missing"])
def test_only_numbers_of_this_run_are_compared(study, repository, state):
    """An old number within its bounds is not as expected; that it is old is one line."""
    (repository / "params" / "small.yaml").write_text(STUDY + EXPECT)
    metrics_record("small", "majority", {"macro-f1": {"value": 0.333}}).write("small", "majority")
    for each in plan.load(["small"]):
        finish(each, keep=each.key == "small/majority/3-evaluate")
    assert status.check(["small"]) == []
    if state == "missing":
        (paths.build("small", "pixels") / "metrics.json").unlink()
    elif state == "failed":
        [data, *_] = plan.load(["small"])
        run._record(data, state="failed", began=0.0)
    elif state == "stale":
        changed = STUDY.replace("limit: 120", "limit: 130") + EXPECT
        (repository / "params" / "small.yaml").write_text(changed)
    assert len(status.check(["small"])) == (state != "ok")
