"""What runs again and what does not, and what a stage that fails or is killed leaves behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from factories.repository import REPOSITORY
from factories.stages import STUDY, WORKING, notebook

from helpers.config import study_file
from helpers.core import code_digest, files, paths
from helpers.pipeline import external_inputs, freshness, plan, prose, run, status
from helpers.report.pages import publish


@pytest.fixture
def study(repository):
    """Give the repository the real notebooks and a small study, every stage of it finished."""
    for source in (REPOSITORY / "notebooks").glob("*.ipynb"):
        shutil.copy(source, repository / "notebooks")
    (repository / "params" / "small.yaml").write_text(STUDY)
    for each in plan.load(["small"]):
        finish(each)
    return "small"


def finish(each):
    """Leave what a successful run leaves, without running it."""
    for output in each.outputs:
        files.write_json(output, {"version": 1, "written by": each.key})
    shutil.copy(each.source, each.executed)
    run._record(plan.find(each.key), state="ok", started=time.time())


def stale(name="small"):
    return [each.key for each in plan.out_of_date(plan.load([name]))]


def edit(name, kind, change):
    """Change the first cell of a kind in a notebook of the repository."""
    path = paths.notebooks() / f"{name}.ipynb"
    content = json.loads(path.read_text())
    cell = next(
        each
        for each in content["cells"]
        if each["cell_type"] == kind and "parameters" not in each["metadata"].get("tags", [])
    )
    cell["source"] = [*cell["source"], change]
    path.write_text(json.dumps(content))


def test_touching_every_file_reruns_nothing(study, repository):
    assert stale() == []
    for path in repository.rglob("*"):
        os.utime(path, (0, 0))
    assert stale() == []


def test_an_edited_sentence_renews_its_report_and_reruns_nothing(study):
    edit("4-compare", "markdown", "\n\nA new sentence.")
    assert stale() == []
    assert [each.key for each in plan.load(["small"]) if prose.refresh(each)] == ["small/4-compare"]
    assert "A new sentence." in (paths.build("small") / "4-compare.ipynb").read_text()
    assert not any(prose.refresh(each) for each in plan.load(["small"]))


def test_an_edited_cell_reruns_its_stage_and_what_follows(study):
    edit("3-evaluate", "code", "\nprint()")
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


def test_a_candidates_parameter_reruns_that_candidate(study, repository, capsys):
    changed = STUDY.replace("image_size: 8", "image_size: 6")
    (repository / "params" / "small.yaml").write_text(changed)
    assert stale() == ["small/pixels/2-train", "small/pixels/3-evaluate", "small/4-compare"]
    status.print_why(["small"])
    assert capsys.readouterr().out.splitlines() == ["small/pixels/2-train: parameters"]


def test_a_harmed_or_missing_output_reruns_its_stage(study):
    (paths.build("small") / "splits.parquet").write_text("cut sho")
    assert stale()[0] == "small/1-data" and len(stale()) == 6
    status.write()
    first = files.read_json(paths.build() / "status.json")["stages"][0]
    assert first["state"] == "stale"


def test_make_gets_the_stages_that_are_out_of_date_and_their_order(study):
    shutil.rmtree(paths.build("small", "pixels"))
    assert [each.key for each in plan.write(plan.load(["small"]))] == stale()
    lines = (paths.build() / "plan.mk").read_text().splitlines()
    assert "small/pixels/3-evaluate: small/pixels/2-train" in lines
    assert "small/4-compare: small/pixels/3-evaluate" in lines


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
    assert "Traceback" in report and "This run failed." in report
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


def test_an_unknown_stage_is_answered_with_the_closest(repository):
    (repository / "params" / "small.yaml").write_text(STUDY)
    with pytest.raises(study_file.UserError, match="did you mean 'small/majority/2-train'"):
        plan.find("small/majorty/2-train")


def test_what_is_settled_is_known_without_reading_content_until_a_file_is_written(
    study, repository, tmp_path
):
    def planned():
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}
        command = [sys.executable, "-X", "importtime", "-m", "helpers", "plan"]
        ran = subprocess.run(command, cwd=repository, env=environment, capture_output=True)
        assert ran.returncode == 0
        return ran.stdout.decode().splitlines()[0], b"pydantic" in ran.stderr

    assert planned() == ("6 stages up to date", True)
    assert planned() == ("6 stages up to date", False)
    harmed = paths.build("small") / "splits.parquet"
    state = harmed.stat()
    harmed.write_bytes(harmed.read_bytes()[:-1] + b"?")  # of the same length, and its time put back
    os.utime(harmed, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert planned() == ("6 stages to run, 0 up to date", True)
    assert planned() == ("6 stages to run, 0 up to date", True)


def test_what_one_owns_is_watched_wherever_it_is(repository, tmp_path):
    own = tmp_path / "own@home"
    own.mkdir()
    for name in ("a.csv", "predictions.csv"):
        (own / name).write_text("path,label\n")
    source = {"table": {"file": str(own / "a.csv")}}
    assert external_inputs.own_data(source) == [own / "a.csv", own]
    assert external_inputs.own_data("digits-8x8") == []
    assert (
        external_inputs.own_model(f"predictions:{own}/predictions.csv") == own / "predictions.csv"
    )
    assert external_inputs.own_model("hf:no-such-folder") is None
    freshness.keep([], 3, [own])
    assert freshness.holds([]) == 3 and freshness.holds(["small"]) is None
    (own / "b.png").write_bytes(b"")
    assert freshness.holds([]) is None
