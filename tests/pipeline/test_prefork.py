"""A fork of a warm process does what a process of its own would do, and ends with who asked."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
from factories.repository import REPOSITORY
from factories.stages import STUDY, WORKING, notebook

from helpers.pipeline import plan, prefork

PYTHON = f"{sys.executable} -m helpers"
STAGE = f"{PYTHON} stage small/1-data"
WAITING = "import os, time; print(os.getpid(), file=open('reached', 'w')); time.sleep(60)"


@pytest.fixture
def small(repository):
    """Give the repository a study; the test writes its first notebook."""
    (repository / "params" / "small.yaml").write_text(STUDY)
    return repository


def shell(script, source=REPOSITORY / "src"):
    environment = {**os.environ, "PYTHONPATH": str(source)}
    return subprocess.run(
        ["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=60
    )


def below(script, source=REPOSITORY / "src"):
    """Run a shell script below a warm process."""
    return shell(f"{PYTHON} above bash -c '{script}'", source)


def test_there_may_be_no_process_to_ask(monkeypatch, tmp_path):
    monkeypatch.delenv(prefork.ADDRESS, raising=False)
    assert prefork.ask(["stage", "small/1-data"]) is None
    monkeypatch.setenv(prefork.ADDRESS, str(tmp_path / "gone"))
    assert prefork.ask(["stage", "small/1-data"]) is None


def test_who_is_asked_may_be_gone_before_an_answer(monkeypatch, tmp_path, capsys):
    address = tmp_path / "warm"
    monkeypatch.setenv(prefork.ADDRESS, str(address))
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(address))
        door.listen()
        gone = threading.Thread(target=lambda: door.accept()[0].close())
        gone.start()
        assert prefork.ask(["stage", "small/1-data"]) == 1
        gone.join()
    assert capsys.readouterr().err == "evalbook: the stage was killed, perhaps for want of memory\n"


@pytest.mark.parametrize(("key", "code"), [("small/1-data", 0), ("small/1-dta", 2)])
def test_a_fork_says_and_returns_what_a_process_of_its_own_would(small, key, code):
    notebook(WORKING, 'import os; assert os.environ["ASKED"] == "yes"')
    script = f"ASKED=yes {PYTHON} stage {key}; echo code $?; rm -r build"
    found, expected = below(script), shell(script)
    assert f"code {code}\n" in found.stdout and found.stderr == expected.stderr
    assert found.stdout.split("  ")[:2] == expected.stdout.split("  ")[:2]


def test_the_exit_code_is_that_of_the_command(small):
    assert below("exit 3").returncode == 3
    assert below("kill -TERM $$").returncode == 143


def test_a_notebook_finds_the_libraries_imported(small):
    notebook("import sys; assert 'sklearn.metrics' in sys.modules, 'cold'", WORKING)
    assert "failed: AssertionError: cold" in shell(STAGE).stdout
    assert "done" in below(STAGE).stdout


def test_our_own_code_is_read_as_it_stands(small):
    source = small / "src"
    shutil.copytree(REPOSITORY / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
    notebook(WORKING)
    edit = f'echo "raise SystemExit(5)" >> {source}/helpers/pipeline/plan.py'
    done = below(f"{STAGE}; echo code $?; {edit}; {STAGE}; echo code $?", source)
    assert "code 0\n" in done.stdout and done.stdout.endswith("code 5\n")


def test_a_kernel_that_dies_fails_its_stage(small):
    notebook(WORKING, "import os; os.kill(os.getpid(), 9)")
    assert "failed: the kernel died" in below(STAGE).stdout


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_a_fork_ends_with_who_asked(small, sent):
    notebook(WORKING, WAITING)
    heeding = f"env --default-signal=INT {STAGE}"  # a shell's & has it ignored
    signalled = (
        f"{heeding} & while ! test -s reached; do sleep 0.1; done; kill -{int(sent)} $!; wait"
    )
    assert not below(signalled).returncode
    kernel, deadline = int((small / "reached").read_text()), time.monotonic() + 20
    while _runs(kernel) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _runs(kernel)
    stage = plan.find("small/1-data")
    assert not stage.fresh and not stage.executed.exists()


def _runs(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
