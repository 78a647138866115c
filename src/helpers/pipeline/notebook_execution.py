"""A notebook is executed with its parameters, in a kernel of its own."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from helpers.core import paths, quiet_imports

IPC_LIMIT = 60
"""Characters that a folder's name may have to hold the kernel's sockets."""
ENVIRONMENT = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "OPENBLAS_NUM_THREADS": "1",  # stages run side by side; networks have threads of their own
    "PYTHONHASHSEED": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
"""The environment of every kernel."""


def execute(source: Path, target: Path, parameters: dict[str, Any], listener: Path | str) -> Any:
    """Execute a notebook into another file, which is written even where a cell fails.

    Parameters
    ----------
    source, target
        Notebooks; the target appears as the run goes on.
    parameters
        Injected after the cell of the defaults.
    listener
        A file that the notebook's progress is written to.

    Returns
    -------
    NotebookNode
        The executed notebook.
    """
    os.environ |= _environment(listener)
    quiet_imports.nbformat()
    import papermill

    with _kernel() as manager:
        return papermill.execute_notebook(
            str(source),
            str(target),
            parameters=parameters,
            kernel_name="python3",
            progress_bar=False,
            request_save_on_cell_execute=False,
            km=manager,
        )


@contextmanager
def _kernel() -> Iterator[Any]:
    """Give the manager of a kernel over private sockets: parallel runs never share a port."""
    with tempfile.TemporaryDirectory(prefix="evalbook-") as sockets:
        private = len(sockets) <= IPC_LIMIT and sys.platform != "win32"
        channel = {"transport": "ipc", "ip": f"{sockets}/k"} if private else {}
        manager = _manager()(kernel_name="python3", **channel)
        try:
            yield manager
        finally:  # the kernel is ours to end; nbclient ends only those that it started itself
            if manager.has_kernel:
                asyncio.run(manager.shutdown_kernel(now=True))


def _manager() -> type:
    """Return a manager whose kernels are our own command, which may be a fork of a warm process."""
    from jupyter_client.manager import AsyncKernelManager

    class Manager(AsyncKernelManager):
        def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
            return [sys.executable, "-m", "helpers", "kernel", self.connection_file]

    return Manager


def _environment(listener: Path | str) -> dict[str, str]:
    inherited = os.environ.get("PYTHONPATH", "")
    source = str(Path(__file__).resolve().parents[2])
    return ENVIRONMENT | {
        "EVALBOOK_PROGRESS": str(listener),
        "EVALBOOK_ROOT": str(paths.root()),
        "PYTHONPATH": os.pathsep.join(part for part in (source, inherited) if part),
    }
