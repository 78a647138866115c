"""One stage is run: its notebook is executed with its parameters, and a record is left.

The record says ``running`` before the first cell and ``ok`` only after the outputs were hashed, so
that a run which is killed at any moment is never taken for a finished one.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from helpers import files, paths, quiet
from helpers.errors import UserError
from helpers.pipeline import prose
from helpers.pipeline.display import Display
from helpers.pipeline.plan import Stage, content, find

IPC_LIMIT = 60
"""Characters that a folder's name may have to hold the kernel's sockets."""


def run(key: str) -> bool:
    """Run a stage unless nothing that it depends on has changed; tell whether nothing failed.

    A stage is skipped, which is no failure, where it or one before it needs something of the
    network that cannot be reached.
    """
    stage = find(key)
    display = Display(stage)
    if stage.fresh:
        display.end("unchanged")
        return True
    started = time.time()
    if reason := _out_of_reach(stage):
        return _skip(stage, display, started, reason)
    _record(stage, state="running", started=started, pid=os.getpid())
    try:
        with display:
            _execute(stage, display.listener)
    except KeyboardInterrupt:
        stage.record_file.unlink(missing_ok=True)
        display.end("interrupted")
        raise
    except Exception as error:  # whatever a notebook raises is the stage's failure, not ours
        reason = _reason(error)
        if getattr(error, "ename", type(error).__name__) == "Unreachable":
            return _skip(stage, display, started, reason)
        _record(stage, state="failed", started=started, error=reason)
        display.end(f"failed: {reason}")
        return False
    _record(stage, state="ok", started=started)
    display.end("done")
    return True


def _skip(stage: Stage, display: Display, started: float, reason: str) -> bool:
    """Record that a stage cannot run here and now, and why; the next run tries again."""
    stage.failed.unlink(missing_ok=True)
    _record(stage, state="skipped", started=started, error=reason)
    display.end(f"skipped: {reason}")
    return True


def _out_of_reach(stage: Stage) -> str:
    """Return why a stage before this one was skipped; empty if none was."""
    records = [find(need).record for need in stage.needs]
    reasons = [each.get("error") or "" for each in records if each.get("state") == "skipped"]
    return reasons[0] if reasons else ""


def _execute(stage: Stage, listener: Path) -> None:
    """Execute into a partial file; it takes its name only when the run is over."""
    partial = stage.folder / f".{stage.stage}.partial.ipynb"
    partial.unlink(missing_ok=True)
    os.environ |= _environment(listener)
    try:
        with _kernel() as manager:
            _papermill().execute_notebook(
                str(stage.source),
                str(partial),
                parameters=stage.parameters,
                kernel_name="python3",
                progress_bar=False,
                request_save_on_cell_execute=False,
                km=manager,
            )
        _check_outputs(stage)
    except Exception:
        if partial.is_file():
            partial.replace(stage.failed)
        raise
    partial.replace(stage.executed)
    stage.failed.unlink(missing_ok=True)


def _check_outputs(stage: Stage) -> None:
    if missing := [path.name for path in stage.outputs if not path.is_file()]:
        raise UserError(f"the notebook ended without writing {', '.join(missing)}")


def _papermill() -> Any:
    quiet.nbformat()
    import papermill

    return papermill


@contextmanager
def _kernel() -> Iterator[Any]:
    """Give the manager of a kernel over private sockets: parallel runs never share a port."""
    from jupyter_client.manager import AsyncKernelManager

    with tempfile.TemporaryDirectory(prefix="evalbook-") as sockets:
        private = len(sockets) <= IPC_LIMIT and sys.platform != "win32"
        channel = {"transport": "ipc", "ip": f"{sockets}/k"} if private else {}
        manager = AsyncKernelManager(kernel_name="python3", **channel)
        try:
            yield manager
        finally:  # the kernel is ours to end; nbclient ends only those that it started itself
            if manager.has_kernel:
                asyncio.run(manager.shutdown_kernel(now=True))


def _environment(listener: Path) -> dict[str, str]:
    inherited = os.environ.get("PYTHONPATH", "")
    source = str(Path(__file__).resolve().parents[2])
    return {
        "EVALBOOK_PROGRESS": str(listener),
        "EVALBOOK_ROOT": str(paths.root()),
        "OPENBLAS_NUM_THREADS": "1",  # stages run side by side; networks have threads of their own
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join(part for part in (source, inherited) if part),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def _record(stage: Stage, state: str, started: float, **more: Any) -> None:
    record = {
        "study": stage.study,
        "candidate": stage.candidate,
        "stage": stage.stage,
        "state": state,
        "started": started,
        "seconds": round(time.time() - started, 1),
        "digest": stage.digest,
        "components": stage.components,
        "prose": prose.digest_of(stage.source),
        "error": None,
        **more,
    }
    if state == "ok":
        record["outputs"] = {path.name: content(path) for path in stage.outputs}
    files.write_json(stage.record_file, record)


def _reason(error: Exception) -> str:
    """Say in one line why a notebook failed."""
    name, value = getattr(error, "ename", None), getattr(error, "evalue", None)
    if type(error).__name__ == "DeadKernelError":
        return "the kernel died, perhaps for want of memory"
    if name is None:
        name, value = type(error).__name__, str(error)
    line = next(iter(str(value).strip().splitlines()), "")
    if name in ("UserError", "Unreachable"):
        return line
    cell = getattr(error, "exec_count", None)
    where = f" (cell {cell})" if cell else ""
    return f"{name}: {line}{where}"
