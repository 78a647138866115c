"""What a person sees while a stage runs: one live line at a terminal, plain lines in a log."""

import os
import sys
import tempfile
import threading
import time
from pathlib import Path

from helpers.core.progress import TOLD

LIVE_SECONDS = 0.2
LOG_SECONDS = 15.0


class Display:
    """Shows a stage's position in the plan, its progress and the time since its start."""

    def __init__(self, key: str, position: str = "1/1") -> None:
        self.name = key.replace("/", "  ")
        self.position = f"[{position.rjust(2 * len(position.partition('/')[2]) + 1)}]"
        self.live = sys.stdout.isatty() and "-j" not in os.environ.get("MAKEFLAGS", "")
        self.started = time.monotonic()
        self.listener = Path()  # the notebook writes its progress to this file
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Display":
        """Start to show progress."""
        handle, name = tempfile.mkstemp(prefix="evalbook-progress-")
        os.close(handle)
        self.listener = Path(name)
        self.say("started")
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Stop showing progress, and print what the stage told; ``end`` prints how it ended."""
        self._ended.set()
        self._thread.join()
        told = Path(f"{self.listener}{TOLD}")
        if told.is_file():
            for line in dict.fromkeys(told.read_text("utf-8", "replace").splitlines()):
                self.say(line, last=True)
            told.unlink()
        self.listener.unlink(missing_ok=True)

    def end(self, text: str) -> None:
        """Print the last line: how the stage ended."""
        self.say(text, last=True)

    def _watch(self) -> None:
        while not self._ended.wait(LIVE_SECONDS if self.live else LOG_SECONDS):
            try:
                progress = self.listener.read_text(encoding="utf-8")
            except OSError:
                progress = ""
            self.say(progress or "running")

    def say(self, text: str, last: bool = False) -> None:
        """Print a line, in place of the one before at a terminal."""
        seconds = time.monotonic() - self.started
        line = f"{self.position} {self.name}  {text}  {seconds:.0f} s"
        sys.stdout.write(f"\r\033[K{line}" + "\n" * last if self.live else f"{line}\n")
        sys.stdout.flush()
