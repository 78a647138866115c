"""What a node does with a stage's command, without a cluster."""

import fcntl
import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from helpers.config import study_file
from helpers.core.errors import UserError
from helpers.pipeline import on_node


def run(tmp_path, code, cores=1):
    log, environment = str(tmp_path / "log"), {**os.environ, "GIVEN": "1"}
    command = [sys.executable, "-c", code]
    return on_node.run(command, str(tmp_path), environment, log, cores, False)


@pytest.mark.parametrize(
    ("code", "expected"), [("exit(3)", 3), ("import os; os.kill(os.getpid(), 9)", 137)]
)
def test_an_exit_code_is_true(tmp_path, code, expected):
    assert run(tmp_path, code) == expected


def test_a_command_has_its_environment_its_folder_and_its_cores_alone(tmp_path):
    code = "import os; print(os.environ['GIVEN'], os.getcwd(), len(os.sched_getaffinity(0)))"
    assert run(tmp_path, f"{code}; import sys; print('bad', file=sys.stderr)") == 0
    assert (tmp_path / "log.out").read_text().split() == ["1", str(tmp_path), "1"]
    assert (tmp_path / "log.err").read_text() == "bad\n"
    every = os.sched_getaffinity(0)
    taken = min(every)  # by another stage
    with open(tmp_path / f".pin-{platform.node()}-{taken}", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert run(tmp_path, "import os; print(*os.sched_getaffinity(0))") == 0
    assert {int(core) for core in (tmp_path / "log.out").read_text().split()} != {taken}
    assert os.sched_getaffinity(0) == every


def test_whatever_kills_a_worker_ends_its_command(tmp_path):
    """Its stage watches a pipe that closes; on a node that is lost nobody else could end it."""
    stage = (
        "import fcntl, os, time; from helpers.pipeline import lifeline; lifeline.watch('stage');"
        "held = open('held', 'w'); fcntl.flock(held, fcntl.LOCK_EX); os.rename('held', 'begun');"
        "time.sleep(600)"
    )
    code = (
        "import os; from helpers.pipeline import on_node;"
        f"on_node.run([{sys.executable!r}, '-c', {stage!r}], {str(tmp_path)!r}, dict(os.environ),"
        f" {str(tmp_path / 'log')!r}, 1, False)"
    )
    path = str(Path(on_node.__file__).parents[2])
    worker = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path})
    while not (tmp_path / "begun").exists():
        assert worker.poll() is None
        time.sleep(0.05)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    with open(tmp_path / "begun") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # which its command holds as long as it lives


def test_why_a_node_cannot_run_stages_is_said(tmp_path):
    (tmp_path / "shared").write_text("ours")
    look = [str(tmp_path), "shared", "ours", sys.executable]
    assert on_node.problem(*look) == ""
    assert on_node.problem(str(tmp_path / "nowhere"), *look[1:]).startswith("does not see")
    assert on_node.problem(*look[:2], "theirs", look[3]).startswith("sees another folder")
    assert on_node.problem(*look[:3], "/no/python") == "has no /no/python"


def test_resources_are_checked_like_other_keys(repository):
    file = repository / "params" / "made.yaml"
    text = (
        "task: image-classification\ndata: {source: digits-8x8}\ncandidates: [baseline: pixels]\n"
    )

    def parsed(resources):
        file.write_text(f"{text}resources: {resources}\n")
        return study_file.load("made").resources

    found = parsed("{train: {cores: 4, gpus: 1, memory: 8}}")
    assert (found.train.cores, found.train.gpus, found.train.memory) == (4, 1, 8)
    assert found.evaluate.cores == 1 and found.data.cores is None
    for wrong, said in {
        "{trian: {cores: 4}}": "did you mean 'train'",
        "{train: {core: 4}}": "did you mean 'cores'",
        "{train: {cores: 0}}": "resources.train.cores",
        "{train: {gpus: many}}": "resources.train.gpus",
    }.items():
        with pytest.raises(UserError, match=said):
            parsed(wrong)
