"""Stages on two nodes of Ray give the bytes of one machine, and survive the loss of a node."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from factories.make import made
from factories.ray_nodes import QUIET, Nodes, start

STUDY = """\
# Two nodes.  Expect little.
task: image-classification
data: {source: digits-8x8, limit: 200, split: {folds: 1}}
candidates:
  - baseline: majority
  - probe:
      - {model: scratch:efficientnet-lite0, image_size: 32, name: one}
      - {model: scratch:efficientnet-lite0, image_size: 40, name: two}
evaluate: {resamples: 200}
threads: 1
"""
BYTES = ["splits.parquet", *(f"{name}/predictions.parquet" for name in ("majority", "one", "two"))]
MINUTES = 60
pytestmark = [pytest.mark.cluster, pytest.mark.xdist_group("cluster")]


@pytest.fixture
def nodes(monkeypatch):
    pytest.importorskip("ray")
    for name, value in QUIET.items():
        monkeypatch.setenv(name, value)
    found = Nodes()
    yield found
    found.cluster.shutdown()


@pytest.fixture
def checkout(tmp_path):
    """Give a copy of the working tree in which 60 images are many."""
    plain = made(tmp_path / "plain", "small", STUDY, run=False)
    file = plain / "src" / "helpers" / "models" / "features.py"
    text = file.read_text()
    assert "LARGE = 4096" in text and "SHARD = 2048" in text
    file.write_text(
        text.replace("LARGE = 4096", "LARGE = 60").replace("SHARD = 2048", "SHARD = 40")
    )
    return plain


def wait_for(process, root, condition, minutes=15):
    """Wait until what a run has printed fulfils a condition."""
    deadline = time.monotonic() + MINUTES * minutes
    while not condition(log := (root / "log").read_text()):
        assert process.poll() is None and time.monotonic() < deadline, log
        time.sleep(0.2)


def busy(log):
    """Tell whether two stages run: one on each node."""
    count = {end: log.count(f"2-train  {end}") for end in ("started", "done")}
    return count["started"] - count["done"] >= 2


def copied(root, target):
    subprocess.run(["cp", "-r", root, target], check=True)
    return target


def test_two_nodes_of_which_one_is_killed_give_the_bytes_of_one_machine(checkout, nodes):
    spread = copied(checkout, checkout.parent / "spread")
    alone = start(checkout, "")
    assert alone.wait(20 * MINUTES) == 0, (checkout / "log").read_text()
    run = start(spread, f"address:{nodes.cluster.address}")
    wait_for(run, spread, busy)
    nodes.lose()
    assert run.wait(20 * MINUTES) == 0, (spread / "log").read_text()
    log = (spread / "log").read_text()
    assert "cluster: 2 nodes, 2 cores" in log and "was lost: runs again" in log
    for name in BYTES:
        one, two = (root / "build" / "small" / name for root in (checkout, spread))
        assert one.read_bytes() == two.read_bytes(), name
    kept = [root / ".cache" / "features" for root in (checkout, spread)]
    assert [len(list(folder.glob("*.entry"))) for folder in kept] == [2, 2]
    assert not list((spread / "build").glob(".cluster*")) and "3-evaluate  done" in log


def test_an_interrupt_ends_every_process_and_an_exit_code_is_true(checkout, nodes):
    address = f"address:{nodes.cluster.address}"
    run = start(checkout, address)
    wait_for(run, checkout, lambda log: "2-train  started" in log)
    conductor = subprocess.run(
        ["pgrep", "-P", str(run.pid)], capture_output=True, text=True, check=True
    )
    for process in [run.pid, *map(int, conductor.stdout.split())]:
        os.kill(process, signal.SIGINT)
    assert run.wait(2 * MINUTES) != 0
    deadline = time.monotonic() + MINUTES
    while here := running(checkout):
        assert time.monotonic() < deadline, here
        time.sleep(0.5)
    broken = checkout / "notebooks" / "2-train.ipynb"
    broken.write_text(broken.read_text().replace("fit.save(", "fit.sav("))
    run = start(checkout, address, "-k")
    assert run.wait(20 * MINUTES) == 2
    log = (checkout / "log").read_text()
    assert log.count("2-train  failed: AttributeError") == 3 and "reports rendered" in log


def running(root):
    """List the stages and kernels that work in a checkout."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            here, command = os.readlink(folder / "cwd"), (folder / "cmdline").read_text()
        except OSError:
            continue
        if here.startswith(str(root)) and "helpers" in command:
            found.append(command)
    return found


def test_what_no_node_can_hold_and_what_is_no_cluster_is_a_line(checkout, nodes):
    params = checkout / "params" / "small.yaml"
    params.write_text(params.read_text() + "resources: {train: {gpus: 3}}\n")
    run = start(checkout, f"address:{nodes.cluster.address}")
    assert run.wait(3 * MINUTES) == 2
    assert "no node has the 1 core, 2 GB and 3 GPUs" in (checkout / "log").read_text()
    run = start(checkout, "somewhere")
    assert run.wait(3 * MINUTES) == 2
    log = (checkout / "log").read_text()
    assert "evalbook: CLUSTER=somewhere: auto, ray://HOST:PORT or address:HOST:PORT" in log
    assert not (checkout / "build" / "small").exists()
