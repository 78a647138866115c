"""Connect to a Ray cluster, or start one here; all its nodes share our folder, or one is named."""

import contextlib
import os
import secrets
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from helpers.core import files, paths, shards
from helpers.core.errors import UserError, reason
from helpers.core.formatting import counted
from helpers.pipeline import on_node
from helpers.pipeline.cluster import Cluster

FORMS = "auto, ray://HOST:PORT or address:HOST:PORT"
TRIES = 3  # to start a cluster here: Ray gives up after half a minute, too soon on a busy machine
STORE = 2e8  # bytes for what tasks return, which is next to nothing


@contextlib.contextmanager
def connected(asked: str) -> Iterator[Cluster]:
    """Connect to a cluster, or start one here, and check that all its nodes share our folder."""
    try:
        import ray
    except ImportError:
        raise UserError("CLUSTER: Ray is missing: pip install 'evalbook[cluster]'") from None
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_worker_niceness", "0")  # else timed stages give way to others
    ray.cloudpickle.register_pickle_by_value(on_node)
    folder = paths.build() / f".cluster-{os.getpid()}"
    try:
        _connect(asked)
        nodes = [node for node in ray.nodes() if node["Alive"] and "CPU" in node["Resources"]]
        if not nodes:
            raise UserError(f"CLUSTER={asked}: it has no node with a core")
        folder.mkdir(parents=True, exist_ok=True)
        _check_folder(nodes, folder)
        shutil.rmtree(shards.offers(), ignore_errors=True)  # of a run that was killed
        cluster = Cluster(nodes, folder)
        watch = threading.Thread(target=cluster.watch_offers, daemon=True)
        watch.start()
        total = counted(sum(cluster.cores), "core")
        print(f"cluster: {counted(len(nodes), 'node')}, {total}", flush=True)
        try:
            yield cluster
        finally:
            cluster.ended.set()
            watch.join()
    finally:
        ray.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


def _connect(asked: str) -> None:
    import ray

    kind, _, place = asked.partition(":")
    known: dict[str, Any] = {"logging_level": "ERROR", "log_to_driver": False}
    if asked == "auto":
        known |= {"address": "local", "include_dashboard": False, "object_store_memory": STORE}
    elif kind in ("ray", "address") and place.strip("/"):
        known["address"] = asked if kind == "ray" else place
    else:
        raise UserError(f"CLUSTER={asked}: {FORMS} is needed")
    for left in range(TRIES if asked == "auto" else 1, 0, -1):
        try:
            ray.init(**known)
            return
        except Exception as error:  # of several kinds, by what does not answer
            ray.shutdown()
            if left == 1:
                raise UserError(f"CLUSTER={asked}: no connection: {reason(error)}") from error


def _check_folder(nodes: list[dict[str, Any]], folder: Path) -> None:
    """Raise UserError that names a node which does not see or cannot write our folder."""
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    token = secrets.token_hex(8)
    files.write_text(folder / "shared", token)
    arguments = (str(folder), "shared", token, sys.executable)
    look, asked = ray.remote(on_node.problem), {}
    for node in nodes:
        there = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
        options = {"num_cpus": 0, "scheduling_strategy": there}
        asked[look.options(**options).remote(*arguments)] = node
    for task, node in asked.items():
        if found := ray.get(task):
            name = f"node {node['NodeManagerAddress']} ({node['NodeManagerHostname']})"
            raise UserError(f"cluster: {name} {found}: all nodes share the checkout, at one path")
