"""Execute a notebook with its parameters, in a kernel of its own."""

import asyncio
import os
import queue
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

from helpers.core import paths, quiet_imports
from helpers.pipeline import prefork, prefork_client
from helpers.pipeline.progress_display import Display

MAX_FOLDER_LENGTH = 60  # characters that the path of a folder may have to hold the kernel's sockets
PATIENCE = 600  # seconds that a kernel has to start: one of a slow disk beside others takes long


def execute(
    source: Path,
    target: Path,
    parameters: dict[str, Any],
    listener: Path | str,
    keras: bool = False,
) -> Any:
    """Execute into ``target``, written even if a cell fails; progress goes to ``listener``.

    With ``keras`` the kernel has imported Keras already where a run's server can give such a one.
    """
    quiet_imports.nbformat()
    import papermill

    settings: dict[str, Any] = {"progress_bar": False, "request_save_on_cell_execute": False}
    with patch.dict(os.environ, _environment(listener, keras)), _kernel() as manager:
        settings |= {"km": manager, "kernel_name": manager.kernel_name, "start_timeout": PATIENCE}
        return papermill.execute_notebook(str(source), str(target), parameters, **settings)


def findings(name: str, parameters: dict[str, Any]) -> str:
    """Execute a notebook of no study into build/, and return the output of its findings."""
    executed = paths.build() / f"{name}.ipynb"
    executed.parent.mkdir(parents=True, exist_ok=True)
    partial = executed.with_name(f".{name}.partial.ipynb")
    display, ended = Display(name), "failed"
    try:
        with display:
            made = execute(paths.notebooks() / executed.name, partial, parameters, display.listener)
        ended = "done"
    finally:
        display.end(ended)
    partial.replace(executed)
    [cell] = [cell for cell in made.cells if cell.get("id") == "findings"]
    return "".join(output.get("text", "") for output in cell.outputs)


@contextmanager
def _kernel() -> Iterator[Any]:
    """Yield the manager of a kernel over private sockets: parallel runs never share a port."""
    with tempfile.TemporaryDirectory(prefix="evalbook-") as sockets:
        private = len(sockets) <= MAX_FOLDER_LENGTH
        channel = {"transport": "ipc", "ip": f"{sockets}/k"} if private else {}
        theirs, ours = os.pipe()  # it closes with this process, and ends the kernel
        file = f"{sockets}/kernel.json"
        manager = _manager(theirs)(kernel_name="python3", connection_file=file, **channel)
        try:
            yield manager
        finally:  # nbclient ends only kernels that it started itself
            if manager.has_kernel:
                asyncio.run(_end(manager))
            os.close(ours)
            os.close(theirs)


async def _end(manager: Any) -> None:
    """Kill the kernel and wait for its end: the library looks for it every 0.1 s only."""
    await manager.provisioner.kill()
    with suppress(subprocess.TimeoutExpired):
        manager.provisioner.process.wait(5)
    await manager.shutdown_kernel(now=True)


def _manager(pipe: int) -> type:
    """Return a manager that starts kernels by our own command, possibly as a prefork's fork."""
    from jupyter_client import AsyncKernelClient, AsyncKernelManager

    class Client(AsyncKernelClient):
        async def wait_for_ready(self, timeout: float | None = None) -> None:
            """Return at the first answer: the library waits 0.2 s more for others."""
            deadline = time.monotonic() + (timeout or PATIENCE)
            while await self.is_alive() and time.monotonic() < deadline:
                self.kernel_info()
                with suppress(queue.Empty):
                    await self.shell_channel.get_msg(timeout=1)
                    await self.iopub_channel.get_msg(timeout=0.2)  # so that no output is lost
                    return
            raise RuntimeError("the kernel did not start")

    class Manager(AsyncKernelManager):
        client_factory = Client

        def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
            return [sys.executable, "-m", "helpers", "kernel", self.connection_file]

        def start_kernel(self, *given: Any, **options: Any) -> Any:
            return super().start_kernel(*given, stdin=pipe, **options)

    return Manager


def _environment(listener: Path | str, keras: bool) -> dict[str, str]:
    address = os.environ.get(prefork_client.ADDRESS, "")
    python_path = [str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", "")]
    return prefork.ENVIRONMENT | {
        prefork_client.ADDRESS: address + prefork_client.KERAS if keras and address else address,
        "EVALBOOK_PROGRESS": str(listener),
        "EVALBOOK_ROOT": str(paths.root()),
        "PYTHONPATH": os.pathsep.join(filter(None, python_path)),
    }
