"""Stages on two nodes of Ray give the bytes of one machine, and survive the loss of a node."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from factories.make import made

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


def patiently(start):
    """Start a node; again where the machine is too busy for the half minute that Ray gives it.

    With ports of their own, its agents are not waited for.
    """
    names = ["metrics_agent_port", "metrics_export_port", "runtime_env_agent_port"]
    for left in range(5, -1, -1):
        with contextlib.ExitStack() as held:
            free = [held.enter_context(socket.socket()) for _ in (*names, "dashboard")]
            for each in free:
                each.bind(("", 0))
            ports = [each.getsockname()[1] for each in free]
        named = dict(zip((*names, "dashboard_agent_listen_port"), ports, strict=True))
        try:
            return start(num_cpus=1, object_store_memory=100_000_000, **named)
        except (Exception, SystemExit):  # the latter where it gives up on its own server
            if not left:
                raise


class Nodes:
    """Two nodes of one core each; ``lose`` kills the second one."""

    def __init__(self):
        from ray.cluster_utils import Cluster

        def head(**given):
            return Cluster(True, head_node_args=given | {"include_dashboard": False})

        self.cluster = patiently(head)
        self.second = patiently(self.cluster.add_node)

    def lose(self):
        self.cluster.remove_node(self.second, allow_graceful=False)


@pytest.fixture
def nodes(monkeypatch):
    pytest.importorskip("ray")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("RAY_worker_niceness", "0")
    monkeypatch.setenv("RAY_DASHBOARD_STARTUP_TIMEOUT_S", "2")  # nobody looks at it
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


def start(root, cluster, *arguments):
    """Start make in a checkout, with a cache of its own."""
    environment = {**os.environ, "EVALBOOK_CACHE": str(root / ".cache")}
    environment.pop("EVALBOOK_ROOT", None)
    command = ["make", "--no-print-directory", f"PYTHON={sys.executable}", *arguments]
    command += [f"CLUSTER={cluster}"] * bool(cluster)
    log = (root / "log").open("w")
    return subprocess.Popen(
        [*command, "small"], cwd=root, env=environment, stdout=log, stderr=subprocess.STDOUT
    )


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
