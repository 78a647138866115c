"""Nodes of Ray on this machine, one core each, and make in a checkout that runs on them."""

import contextlib
import os
import signal
import socket
import subprocess
import sys

QUIET = {  # nobody looks at its dashboard; else timed stages give way to others
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_worker_niceness": "0",
    "RAY_DASHBOARD_STARTUP_TIMEOUT_S": "2",
}


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
    """Nodes of one core each, two unless told; ``lose`` kills the last one."""

    def __init__(self, count=2):
        from ray.cluster_utils import Cluster

        def head(**given):
            return Cluster(True, head_node_args=given | {"include_dashboard": False})

        os.environ |= QUIET
        self.cluster = patiently(head)
        self.others = [patiently(self.cluster.add_node) for _ in range(count - 1)]

    def lose(self):
        self.cluster.remove_node(self.others.pop(), allow_graceful=False)


def start(root, cluster, *arguments):
    """Start make in a checkout, with a cache of its own."""
    environment = {**os.environ, "EVALBOOK_CACHE": str(root / ".cache")}
    environment.pop("EVALBOOK_ROOT", None)
    command = ["make", "--no-print-directory", f"PYTHON={sys.executable}", *arguments]
    command += [f"CLUSTER={cluster}"] * bool(cluster)
    log = (root / "log").open("w")
    return subprocess.Popen(
        [*command, "small"],
        cwd=root,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's & ignores it
    )
