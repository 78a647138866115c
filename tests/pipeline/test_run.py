"""What a stage that fails, writes nothing or is killed leaves behind."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from factories.repository import REPOSITORY
from factories.stages import STUDY, WORKING, notebook, stale

from helpers.core import paths
from helpers.pipeline import plan, run, status
from helpers.report.pages import publish


def test_a_failed_stage_keeps_its_report_and_a_rerun_continues(repository, capsys):
    (repository / "params" / "small.yaml").write_text(STUDY)
    for name in ("2-train", "3-evaluate", "4-compare"):
        shutil.copy(REPOSITORY / "notebooks" / f"{name}.ipynb", repository / "notebooks")
    notebook("1 / 0")
    assert not run.run("small/1-data")
    assert "failed: ZeroDivisionError: division by zero" in capsys.readouterr().out
    status.write()
    pages = [page.relative_to(paths.reports()).as_posix() for page in publish()]
    assert pages == ["small/1-data.failed.html", "index.html"]
    report = (paths.reports() / pages[0]).read_text()
    assert "Traceback" in report and 'class="failure"' in report
    index = (paths.reports() / "index.html").read_text()
    assert 'class="stage failed"' in index and "division by zero" in index
    notebook(WORKING)
    assert run.run("small/1-data")
    status.write()
    publish()
    assert not (paths.reports() / pages[0]).exists()
    assert (paths.reports() / "small" / "1-data.html").is_file()
    assert "small/1-data" not in stale()


def test_a_stage_that_writes_nothing_has_failed(repository, capsys):
    (repository / "params" / "small.yaml").write_text(STUDY)
    notebook("print('done')")
    assert not run.run("small/1-data")
    assert "ended without writing data.json, splits.parquet" in capsys.readouterr().out


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_a_stage_that_is_killed_is_never_taken_for_finished(repository, sent):
    (repository / "params" / "small.yaml").write_text(STUDY)
    notebook(WORKING, "open('reached', 'w'); import time; time.sleep(60)")
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}
    command = [sys.executable, "-m", "helpers", "stage", "small/1-data"]
    running = subprocess.Popen(
        command,
        cwd=repository,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's & ignores it
    )
    reached = repository / "reached"
    deadline = time.monotonic() + 60
    while not reached.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert reached.exists()
    running.send_signal(sent)
    running.communicate(timeout=30)
    first = plan.find("small/1-data")
    assert not first.fresh and not first.executed.exists()
    assert status.describe(first).state == "stale"
    notebook(WORKING)
    assert run.run("small/1-data") and plan.find("small/1-data").fresh


def test_what_changes_while_a_stage_runs_makes_it_run_again(repository, capsys):
    """What was read before and after the change cannot be told apart, even once it is undone."""
    folder = repository / "pictures"
    for name in "ab":
        (folder / name).mkdir(parents=True)
        (folder / name / "1.txt").write_text("one")
    mine = "task: text-classification\ndata: {source: {folder: pictures}}\n"
    mine += "candidates: [{baseline: majority}]\n"
    (repository / "params" / "small.yaml").write_text(mine)
    notebook(WORKING)
    assert run.run("small/1-data") and plan.find("small/1-data").fresh
    notebook(WORKING, "open('pictures/a/1.txt', 'w').write('two')")
    assert run.run("small/1-data")
    assert "changed while it ran" in capsys.readouterr().out
    (folder / "a" / "1.txt").write_text("one")
    assert not plan.find("small/1-data").fresh


def test_a_clock_that_is_set_back_makes_no_time_negative(repository, monkeypatch):
    (repository / "params" / "small.yaml").write_text(STUDY)
    notebook(WORKING)
    clock = iter(range(10**9, 0, -(10**5)))
    monkeypatch.setattr(time, "time", lambda: float(next(clock)))
    assert run.run("small/1-data")
    record = plan.find("small/1-data").record
    assert record.state == "ok" and 0 <= record.seconds < 600


def test_a_folder_in_the_place_of_a_file_goes(repository):
    (repository / "params" / "small.yaml").write_text(STUDY)
    notebook(WORKING)
    assert run.run("small/1-data")
    stage = plan.find("small/1-data")
    for file in (each for each in (*stage.kept, stage.record_file, stage.failed) if each.suffix):
        file.unlink(missing_ok=True)
        (file / "inside").mkdir(parents=True)
        assert run.run("small/1-data") and not file.is_dir()
        assert plan.find("small/1-data").fresh
