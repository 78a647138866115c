"""A fork of the server does what a process of its own would do, and ends with its client."""

import json
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

from helpers.pipeline import plan, prefork_client

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


def served(script, source=REPOSITORY / "src"):
    """Run a shell script as a child of the server."""
    served_by = REPOSITORY / "tests" / "factories" / "served.py"
    return shell(f"{sys.executable} {served_by} bash -c '{script}'", source)


def test_without_a_server_a_command_runs_itself(monkeypatch, tmp_path):
    monkeypatch.delenv(prefork_client.ADDRESS, raising=False)
    assert prefork_client.request(["stage", "small/1-data"]) is None
    monkeypatch.setenv(prefork_client.ADDRESS, str(tmp_path / "gone"))
    assert prefork_client.request(["stage", "small/1-data"]) is None


@pytest.mark.parametrize(("command", "told"), [("stage", True), ("kernel", False)])
def test_a_fork_that_is_killed_gives_exit_code_1(monkeypatch, tmp_path, capsys, command, told):
    address = tmp_path / "prefork"
    monkeypatch.setenv(prefork_client.ADDRESS, str(address))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        listener.listen()
        gone = threading.Thread(target=lambda: listener.accept()[0].close())
        gone.start()
        assert prefork_client.request([command, "small/1-data"]) == 1
        gone.join()
    line = capsys.readouterr().err
    assert line.startswith("evalbook: the stage was killed") == told == line.endswith("memory\n")


@pytest.mark.parametrize(("key", "code"), [("small/1-data", 0), ("small/1-dta", 2)])
def test_a_fork_prints_and_returns_what_a_process_of_its_own_would(small, key, code):
    notebook(WORKING, 'import os; assert os.environ["GIVEN"] == "yes"')
    script = f"GIVEN=yes {PYTHON} stage {key}; echo code $?; rm -r build"
    found, expected = served(script), shell(script)
    assert f"code {code}\n" in found.stdout and found.stderr == expected.stderr
    assert found.stdout.split("  ")[:2] == expected.stdout.split("  ")[:2]


def test_the_exit_code_is_that_of_the_command(small):
    assert served("exit 3").returncode == 3
    assert served("kill -TERM $$").returncode == 143


def test_a_notebook_finds_the_libraries_imported(small):
    notebook("import sys; assert 'sklearn.metrics' in sys.modules, 'cold'", WORKING)
    assert "failed: AssertionError: cold" in shell(STAGE).stdout
    assert "done" in served(STAGE).stdout


@pytest.mark.slow
def test_a_kernel_for_networks_has_keras_imported_and_costs_what_its_own_import_costs(
    small, monkeypatch
):
    monkeypatch.setenv("KERAS", "yes")
    count = "from helpers.core import cost; import json, sys; early = 'keras' in sys.modules"
    keep = "json.dump([early, cost.peak_memory_mb()], open('kept', 'w'))"
    notebook(count, "from helpers.core import quiet_imports; quiet_imports.tensorflow()", keep)
    (small / "run.py").write_text(
        "import sys; from pathlib import Path; from helpers.pipeline import notebook_execution\n"
        "source, keras = Path('notebooks/1-data.ipynb'), sys.argv[1] == 'keras'\n"
        "notebook_execution.execute(source, Path('made.ipynb'), {}, '', keras)\n"
    )

    def peak(run, keras, early):
        assert not (done := run(f"{sys.executable} run.py {keras}")).returncode, done.stderr
        found = json.loads((small / "kept").read_text())
        assert found[0] == early
        return found[1]

    alone = peak(shell, "keras", early=False)
    assert peak(served, "none", early=False) == pytest.approx(alone, rel=0.1)
    assert peak(served, "keras", early=True) == pytest.approx(alone, rel=0.1)


def test_numpy_has_one_thread_wherever_a_kernel_comes_from(small, monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    count = "import numpy, threadpoolctl; found = threadpoolctl.threadpool_info()"
    threads = "{each['num_threads'] for each in found if each['internal_api'] == 'openblas'}"
    notebook(WORKING, count, f"assert {threads} == {{1}}")
    for run in (shell, served):
        assert "done" in (done := run(f"{STAGE}; rm -r build")).stdout, done.stdout


def test_our_own_code_is_read_as_it_stands(small):
    source = small / "src"
    shutil.copytree(REPOSITORY / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
    notebook(WORKING)
    edit = f'echo "raise SystemExit(5)" >> {source}/helpers/pipeline/plan.py'
    done = served(f"{STAGE}; echo code $?; {edit}; {STAGE}; echo code $?", source)
    assert "code 0\n" in done.stdout and done.stdout.endswith("code 5\n")


@pytest.mark.slow
def test_a_kernel_that_dies_fails_its_stage(small):
    notebook(WORKING, "import os; os.kill(os.getpid(), 9)")
    assert "failed: the kernel died" in served(STAGE).stdout


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_a_fork_ends_with_its_client(small, sent):
    notebook(WORKING, WAITING)
    heeding = f"env --default-signal=INT {STAGE}"  # a shell's & has it ignored
    signalled = (
        f"{heeding} & while ! test -s reached; do sleep 0.1; done; kill -{int(sent)} $!; wait"
    )
    assert not served(signalled).returncode
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


def test_a_client_that_ends_before_it_says_what_it_wants_leaves_no_traceback(tmp_path):
    client = tmp_path / "client.py"
    client.write_text(
        f"import os, socket\nhere = socket.socket(socket.AF_UNIX)\n"
        f"here.connect(os.environ[{prefork_client.ADDRESS!r}])\n"
        "socket.send_fds(here, [b'x'], [0, 1, 2])\nhere.shutdown(socket.SHUT_WR)\n"
        "print('ended', here.recv(16).decode())\n"
    )
    ended = served(f"{sys.executable} {client}")
    assert "ended 1" in ended.stdout and "Traceback" not in ended.stdout + ended.stderr
