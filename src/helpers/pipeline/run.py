"""Run one stage: execute its notebook with its parameters, and write a record.

The record's state is ``running`` before the first cell and ``ok`` only after the outputs were
hashed, so that a run that is killed at any moment is never mistaken for a finished one.
"""

import contextlib
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

from helpers.core import code_digest, files
from helpers.core.errors import UserError, debugging, full_traceback, of_system
from helpers.core.formatting import listed
from helpers.core.records.stages import StageRun
from helpers.pipeline import prose
from helpers.pipeline.notebook_execution import execute
from helpers.pipeline.plan import find
from helpers.pipeline.progress_display import Display
from helpers.pipeline.stage import Stage, content


def run(key: str, position: str = "1/1") -> bool:
    """Run a stage unless it is up to date or lacks a download; tell whether it did not fail.

    Of two runs of a stage the second waits for the first, and then finds it up to date.
    """
    stage = find(key)
    display, lock = Display(stage.key, position), stage.folder / f".{stage.stage}.lock"
    with files.lock(lock, lambda: display.say(f"waits for {lock.read_text(encoding='utf-8')}")):
        lock.write_text(f"process {os.getpid()}, which runs it", encoding="utf-8")
        for file in (*stage.kept, stage.failed, stage.record_file):
            if file.suffix:  # what has none is a folder
                files.make_room(file)
        return _run(stage, display)


def _run(stage: Stage, display: Display) -> bool:
    if stage.fresh:
        display.end("unchanged")
        return True
    began = time.monotonic()
    if reason := _skip_reason(stage):
        return _end(stage, display, began, "skipped", reason)
    _record(stage, state="running", began=began, pid=os.getpid())
    try:
        with display:
            _execute(stage, display.listener)
            changed = _changed_meanwhile(stage)
    except KeyboardInterrupt:
        stage.record_file.unlink(missing_ok=True)
        display.end("interrupted")
        raise
    except Exception as error:  # whatever a notebook raises fails its stage only
        reason = _reason(error)
        if debugging():  # the cell's own traceback, if a cell failed
            cell = getattr(error, "traceback", None)
            print("\n".join(map(str, cell)) if cell else full_traceback(error), file=sys.stderr)
        skipped = getattr(error, "ename", type(error).__name__) == "Unreachable"
        return _end(stage, display, began, "skipped" if skipped else "failed", reason)
    stage.components.update(dict.fromkeys(changed, "changed while it ran"))
    _record(stage, state="ok", began=began)
    again = (
        f"; {listed(changed)} changed while it ran: the next run makes it again" if changed else ""
    )
    display.end(f"done{again}")
    return True


def _changed_meanwhile(stage: Stage) -> list[str]:
    """List what a stage read of files that were written since: its results may be of both."""
    code_digest.of_module.cache_clear()
    with contextlib.suppress(UserError):  # its study is gone
        now, injected = find(stage.key).components, ("parameters", "notebook")
        return [k for k, v in stage.components.items() if now.get(k) != v and k not in injected]
    return []


def _end(stage: Stage, display: Display, began: float, state: str, reason: str) -> bool:
    """Record why a stage failed, or cannot run now: then the next run tries again."""
    if state == "skipped":
        stage.failed.unlink(missing_ok=True)
    _record(stage, state=state, began=began, error=reason)
    display.end(f"{state}: {reason}")
    return state == "skipped"


def _skip_reason(stage: Stage) -> str:
    records = [find(need).record for need in stage.needs]
    reasons = (each.error or "" for each in records if each and each.state == "skipped")
    return next(reasons, "")


def _execute(stage: Stage, listener: Path) -> None:
    """Execute into a partial file, which is renamed only when the run has ended."""
    partial = stage.folder / f".{stage.stage}.partial.ipynb"
    partial.unlink(missing_ok=True)
    try:
        execute(stage.source, partial, stage.parameters, listener, stage.keras)
        if missing := [path.name for path in stage.outputs if not path.is_file()]:
            raise UserError(f"the notebook ended without writing {', '.join(missing)}")
    except Exception:
        if partial.is_file():
            partial.replace(stage.failed)
        raise
    partial.replace(stage.executed)
    stage.failed.unlink(missing_ok=True)


def _record(stage: Stage, state: str, began: float, **more: Any) -> None:
    seconds = round(time.monotonic() - began, 1)  # the clock may be set meanwhile
    if state == "ok":
        more["outputs"] = {path.name: content(path) for path in stage.kept}
    StageRun(
        study=stage.study,
        candidate=stage.candidate,
        stage=stage.stage,
        state=state,
        started=time.time() - seconds,
        seconds=seconds,
        digest=stage.digest,
        components=stage.components,
        prose=prose.digest_of(stage.source),
        **more,
    ).dump(stage.record_file)


def _reason(error: Exception) -> str:
    name, value = getattr(error, "ename", type(error).__name__), getattr(error, "evalue", error)
    if name == "DeadKernelError":
        return "the kernel died, possibly because it ran out of memory"
    line = next(iter(str(value).strip().splitlines()), "")
    if found := re.match(r"\[Errno (\d+)\] (.*?)(?:: '(.*)')?$", line):
        line = of_system(OSError(int(found[1]), found[2], found[3]))
    if name in ("UserError", "Unreachable"):
        return line
    cell = getattr(error, "exec_count", None)
    return f"{name}: {line} (cell {cell})" if cell else f"{name}: {line}"
