"""What becomes of a stage on a cluster, with a stand-in for Ray: no node is started."""

import json
import os
import socket
import sys
import threading
import time
from types import SimpleNamespace

import pytest
from factories.stages import STUDY

from helpers.core import shards
from helpers.core.errors import UserError
from helpers.pipeline.cluster import Cluster


class Died(Exception):
    pass


class StandIn(SimpleNamespace):
    """Run tasks in threads; the first ``losses`` of them are lost with their node."""

    def __init__(self, losses=0):
        super().__init__(asked=[], cancelled=[], losses=losses)
        self.exceptions = SimpleNamespace(NodeDiedError=Died, WorkerCrashedError=Died)

    def remote(self, function):
        def start(*arguments):
            task = SimpleNamespace(code=None)
            task.thread = threading.Thread(target=self._run, args=(task, function, arguments))
            task.thread.start()
            return task

        def options(**given):
            self.asked.append(given)
            return SimpleNamespace(remote=start)

        return SimpleNamespace(options=options)

    def _run(self, task, function, arguments):
        self.losses -= 1
        task.code = Died() if self.losses >= 0 else function(*arguments)

    def wait(self, tasks, timeout):
        tasks[0].thread.join(timeout)
        return ([], tasks) if tasks[0].thread.is_alive() else (tasks, [])

    def get(self, task):
        if isinstance(task.code, Exception):
            raise task.code
        return task.code

    def cancel(self, task):
        self.cancelled.append(task)


@pytest.fixture
def cluster(repository, monkeypatch):
    (repository / "params" / "small.yaml").write_text(
        STUDY + "resources: {train: {cores: 2, memory: 3, gpus: 1}}\n"
    )
    folder = repository / "build" / ".cluster"
    folder.mkdir(parents=True)
    nodes = [{"Resources": {"CPU": cores, "memory": 9e9, "GPU": 1}} for cores in (4, 2)]
    return Cluster(nodes, folder)


def answered(cluster, monkeypatch, ray, code, key="small/pixels/2-train"):
    """Let a stage be run by a task; return its exit code, its output and the client's end."""
    monkeypatch.setitem(sys.modules, "ray", ray)
    ours, theirs = socket.socketpair()
    read, write = os.pipe()
    socket.send_fds(ours, [b"."], [write, write, write])
    command = ["remote", sys.executable, "-c", code, "stage", key]
    message = {"arguments": command, "folder": os.getcwd(), "environment": {**os.environ}}
    ours.sendall(json.dumps(message).encode() + b"\n")
    cluster.handle(theirs)
    os.close(write)
    return ours, os.fdopen(read)


def test_output_and_exit_code_of_a_task_come_back(cluster, monkeypatch):
    code = f"import os, sys; print('seen', os.environ[{shards.CLUSTER!r}]); sys.exit('bad')"
    client, output = answered(cluster, monkeypatch, ray := StandIn(), code)
    assert client.recv(16) == b"1"
    assert output.read() == f"seen {cluster.secret}\nbad\n"
    expected = {"max_retries": 0, "num_cpus": 2, "num_gpus": 1, "memory": 3_000_000_000}
    assert ray.asked == [expected]


def test_a_stage_whose_node_is_lost_runs_again_a_few_times(cluster, monkeypatch):
    client, output = answered(cluster, monkeypatch, StandIn(losses=2), "print('done')")
    assert client.recv(16) == b"0"
    assert output.read().count("its node was lost: runs again") == 2
    client, output = answered(cluster, monkeypatch, StandIn(losses=99), "print('done')")
    assert client.recv(16) == b"1"
    assert output.read().splitlines()[-1].startswith("evalbook: small/pixels/2-train: 4 nodes")


def test_a_task_whose_client_goes_away_is_cancelled(cluster, monkeypatch):
    ray = StandIn()
    client, _ = answered(cluster, monkeypatch, ray, "import time; time.sleep(3)")
    client.shutdown(socket.SHUT_WR)
    assert client.recv(16) == b"130" and len(ray.cancelled) == 1


def test_defaults_fit_the_smallest_node_and_what_fits_none_is_a_line(cluster):
    asked = {key: cluster.resources(f"small/{key}") for key in ("1-data", "4-compare")}
    assert [each.cores for each in asked.values()] == [2, 1]
    cluster.check([SimpleNamespace(key="small/pixels/2-train")])
    cluster.nodes[0]["Resources"]["GPU"] = cluster.nodes[1]["Resources"]["GPU"] = 0
    with pytest.raises(UserError, match="pixels/2-train: no node has the 2 cores, 3 GB and 1 GPU"):
        cluster.check([SimpleNamespace(key="small/pixels/2-train")])


def test_offered_work_gets_helpers_while_it_is_offered(cluster, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", ray := StandIn())
    monkeypatch.setattr(
        cluster, "_submit", lambda *given: ray.asked.append(given) or len(ray.asked)
    )
    shards.offers().mkdir(parents=True)
    offer = shards.offers() / "made.2.9.offer"
    offer.touch()
    watch = threading.Thread(target=cluster.watch_offers)
    watch.start()
    deadline = time.monotonic() + 60
    while len(ray.asked) < 3:  # as many as find two cores: two on one node, one on the other
        assert time.monotonic() < deadline
        time.sleep(0.05)
    offer.unlink()
    while len(ray.cancelled) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    cluster.ended.set()
    watch.join()
    command, _, environment, _, asked = ray.asked[0]
    assert command[-2:] == ["shards", str(offer)] and asked.cores == 2
    assert environment[shards.CLUSTER] == cluster.secret
