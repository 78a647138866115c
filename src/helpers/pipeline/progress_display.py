"""What a person sees while a stage runs: one live line at a terminal, plain lines in a log."""

import os
import sys
import tempfile
import threading
import time
from pathlib import Path

from helpers.core import files, paths
from helpers.core.progress import TOLD

LIVE_SECONDS = 0.2
LOG_SECONDS = 15.0


class Display:
    """Shows a stage's position in the plan, its progress and the time since its start."""

    def __init__(self, key: str) -> None:
        self.name, self.position = key.replace("/", "  "), _position(key)
        self.live = sys.stdout.isatty() and "-j" not in os.environ.get("MAKEFLAGS", "")
        self.started = time.monotonic()
        handle, name = tempfile.mkstemp(prefix="evalbook-progress-")
        os.close(handle)
        self.listener = Path(name)  # the notebook writes its progress to this file
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Display":
        """Start to show progress."""
        self._print("started")
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Stop showing progress, and print what the stage told; ``end`` prints how it ended."""
        self._ended.set()
        self._thread.join()
        told = Path(f"{self.listener}{TOLD}")
        if told.is_file():
            for line in dict.fromkeys(told.read_text("utf-8", "replace").splitlines()):
                self._print(line, last=True)
            told.unlink()

    def end(self, text: str) -> None:
        """Print the last line: how the stage ended."""
        self._print(text, last=True)
        self.listener.unlink(missing_ok=True)

    def _watch(self) -> None:
        while not self._ended.wait(LIVE_SECONDS if self.live else LOG_SECONDS):
            try:
                progress = self.listener.read_text(encoding="utf-8")
            except OSError:
                progress = ""
            self._print(progress or "running")

    def _print(self, text: str, last: bool = False) -> None:
        seconds = time.monotonic() - self.started
        line = f"{self.position} {self.name}  {text}  {seconds:.0f} s"
        sys.stdout.write(f"\r\033[K{line}" + "\n" * last if self.live else f"{line}\n")
        sys.stdout.flush()


def _position(key: str) -> str:
    try:
        keys = files.read_json(paths.build() / "plan.json")
        width = len(str(len(keys)))
        return f"[{keys.index(key) + 1:{width}}/{len(keys)}]"
    except (OSError, ValueError):
        return "[1/1]"
