"""Stages as tasks of a Ray cluster, for ``make CLUSTER=...``.

Make runs its graph as ever. Each recipe starts with ``python -m helpers remote``, which hands its
command to the process that conducts the run; that one has a task run it on some node, and passes on
output and exit code. What a stage reads and writes is in a folder that all nodes share.
"""

import contextlib
import json
import os
import secrets
import select
import socket
import sys
import threading
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from helpers.config import study_file
from helpers.config.resources import StageResources
from helpers.core import paths, shards
from helpers.core.errors import UserError, reason
from helpers.core.formatting import counted
from helpers.pipeline import lifeline, on_node, prefork, prefork_client
from helpers.pipeline.stage import Stage

MOST_CORES = 8  # of a stage that does not say how many
TRIES = 4  # of a stage whose nodes are lost
POLL_SECONDS = 0.2
OURS = (lifeline.PIPE, lifeline.FOLDER, prefork_client.ADDRESS, prefork.PARENT, "EVALBOOK_MAKE")


@dataclass
class Cluster:
    """A cluster that is connected: its nodes, as Ray describes them, and a folder for output."""

    nodes: list[dict[str, Any]]
    folder: Path
    secret: str = field(default_factory=partial(secrets.token_hex, 32))
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def cores(self) -> list[int]:
        """Return the number of cores of each node."""
        return [int(node["Resources"].get("CPU", 0)) for node in self.nodes]

    def resources(self, key: str) -> StageResources:
        """Return what a stage asks for."""
        (study, *_, stage), chosen = key.split("/"), StageResources()
        threads: int | None = None
        if study in study_file.names(full=True):
            loaded = study_file.load(study)
            threads = loaded.threads
            chosen = getattr(loaded.resources, stage.partition("-")[2])
        cores = chosen.cores or threads or min(MOST_CORES, *self.cores)
        return chosen.model_copy(update={"cores": cores})

    def check(self, stages: list[Stage]) -> None:
        """Raise UserError for a stage that no node is large enough for."""
        for key in (stage.key for stage in stages):
            asked = self.resources(key)
            if not any(_fits(node["Resources"], _options(asked)) for node in self.nodes):
                cores, gpus = counted(asked.cores or 1, "core"), counted(asked.gpus, "GPU")
                wanted = f"{cores}, {asked.memory:g} GB and {gpus} of its `resources`"
                raise UserError(f"{key}: no node has the {wanted}")

    def handle(self, connection: socket.socket) -> None:
        """Run the command of a ``remote`` that has connected, in a thread of its own."""
        threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(None)
        _, handles, _, _ = socket.recv_fds(connection, 1, 3)
        message = json.loads(connection.makefile("rb").readline())
        code = 1
        try:
            code = self._run(message, handles[1:], connection)
        except Exception as error:  # whatever Ray raises fails this stage alone
            os.write(handles[2], f"evalbook: cluster: {reason(error)}\n".encode())
        finally:
            for handle in handles:
                os.close(handle)
            with contextlib.suppress(OSError):
                connection.sendall(str(code).encode())
            connection.close()

    def _run(self, message: dict[str, Any], handles: list[int], client: socket.socket) -> int:
        import ray

        command = message["arguments"][1:]
        key = command[command.index("stage") + 1]
        environment = {k: v for k, v in message["environment"].items() if k not in OURS}
        if sum(self.cores) > 1:
            environment[shards.CLUSTER] = self.secret
        asked = self.resources(key)
        for _ in range(TRIES):
            log = self.folder / secrets.token_hex(8)
            task = self._submit(command, message["folder"], environment, log, asked)
            try:
                return self._follow(task, log, handles, client)
            except (ray.exceptions.NodeDiedError, ray.exceptions.WorkerCrashedError):
                node = log.with_suffix(".node")
                name = node.read_text(encoding="utf-8") if node.is_file() else "its node"
                os.write(handles[0], f"{key}: {name} was lost: runs again\n".encode())
        os.write(handles[1], f"evalbook: {key}: {TRIES} nodes were lost\n".encode())
        return 1

    def _submit(
        self,
        command: list[str],
        folder: str,
        environment: dict[str, str],
        log: Path,
        asked: StageResources,
    ) -> Any:
        import ray

        task = ray.remote(on_node.run).options(max_retries=0, **_options(asked))
        arguments = (command, folder, environment, str(log), asked.cores, bool(asked.gpus))
        return task.remote(*arguments)

    def _follow(self, task: Any, log: Path, handles: list[int], client: socket.socket) -> int:
        """Pass on what a task prints until it ends; end it if its client goes away."""
        import ray

        shown = [0, 0]
        while True:
            done, _ = ray.wait([task], timeout=POLL_SECONDS)
            for stream, ending in enumerate((".out", ".err")):
                if (part := log.with_suffix(ending)).is_file():
                    new = part.read_bytes()[shown[stream] :]
                    shown[stream] += os.write(handles[stream], new)
            if done:
                return int(ray.get(task))
            if select.select([client], [], [], 0)[0]:
                ray.cancel(task)
                ray.wait([task], timeout=2 * on_node.GRACE)
                return 130

    def watch_offers(self) -> None:
        """Start helpers for work that stages offer, and end them when the work is done."""
        import ray

        helping: dict[Path, list[Any]] = {}
        while not self.ended.wait(2 * POLL_SECONDS):
            offered = set(shards.offers().glob(shards.OFFER))
            for offer in offered - helping.keys():
                helping[offer] = self._help(offer)
            for offer in helping.keys() - offered:
                for task in helping.pop(offer):
                    ray.cancel(task)

    def _help(self, offer: Path) -> list[Any]:
        _, cores, most, _ = offer.name.split(".")
        each = int(cores) or min(MOST_CORES, *self.cores)
        asked = StageResources(cores=each)
        source = str(Path(__file__).resolve().parents[2])
        environment = os.environ | prefork.ENVIRONMENT | {"PYTHONPATH": source}
        environment = {k: v for k, v in environment.items() if k not in OURS}
        environment |= {"EVALBOOK_ROOT": str(paths.root()), shards.CLUSTER: self.secret}
        command = [sys.executable, "-m", "helpers", "shards", str(offer)]
        count = min(int(most), sum(n // each for n in self.cores))
        logs = [self.folder / secrets.token_hex(8) for _ in range(count)]
        return [self._submit(command, str(paths.root()), environment, x, asked) for x in logs]


def _options(asked: StageResources) -> dict[str, Any]:
    """Return what a stage asks for in Ray's words."""
    return {"num_cpus": asked.cores, "num_gpus": asked.gpus, "memory": int(asked.memory * 1e9)}


def _fits(node: dict[str, float], asked: dict[str, Any]) -> bool:
    names = {"num_cpus": "CPU", "num_gpus": "GPU", "memory": "memory"}
    return all(node.get(names[name], 0) >= need for name, need in asked.items())
