"""What a person sees while a stage runs: one live line at a terminal, plain lines in a log."""

import os
import sys
import tempfile
import threading
import time
from pathlib import Path

from helpers.core import files, paths
from helpers.pipeline.stage import Stage

LIVE_EVERY = 0.2
LOG_EVERY = 15.0


class Display:
    """Shows a stage's place in the plan, what it is doing and for how long.

    ``listener`` is the file that the notebook's progress is written to.
    """

    def __init__(self, stage: Stage) -> None:
        self.name = "  ".join(part for part in (stage.study, stage.candidate, stage.stage) if part)
        self.place = _place(stage.key)
        self.live = sys.stdout.isatty() and "-j" not in os.environ.get("MAKEFLAGS", "")
        self.started = time.monotonic()
        handle, name = tempfile.mkstemp(prefix="evalbook-progress-")
        os.close(handle)
        self.listener = Path(name)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Display":
        """Begin to show."""
        self._print("started")
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Stop watching; ``end`` says how it ended."""
        self._over.set()
        self._thread.join()

    def end(self, text: str) -> None:
        """Print the last line: how it ended."""
        self._print(text, last=True)
        self.listener.unlink(missing_ok=True)

    def _watch(self) -> None:
        while not self._over.wait(LIVE_EVERY if self.live else LOG_EVERY):
            self._print(self._doing() or "running")

    def _doing(self) -> str:
        try:
            return self.listener.read_text(encoding="utf-8")
        except OSError:
            return ""

    def _print(self, text: str, last: bool = False) -> None:
        seconds = time.monotonic() - self.started
        line = f"{self.place} {self.name}  {text}  {seconds:.0f} s"
        if self.live:
            line = f"\r\033[K{line}" + ("\n" if last else "")
        else:
            line += "\n"
        sys.stdout.write(line)
        sys.stdout.flush()


def _place(key: str) -> str:
    """Return a stage's place in the plan, such as ``[ 7/38]``."""
    try:
        keys = files.read_json(paths.build() / "plan.json")
        width = len(str(len(keys)))
        return f"[{keys.index(key) + 1:{width}}/{len(keys)}]"
    except (OSError, ValueError):
        return "[1/1]"
