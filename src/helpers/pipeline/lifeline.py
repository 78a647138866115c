"""What ends with a run: its processes, by a pipe that closes, and its temporary files.

The process that conducts a run holds one end of a pipe, and what it starts inherits the other end,
through make and shells. Whatever ends the conductor, kill -9 included, closes the pipe.
"""

import atexit
import fcntl
import hashlib
import os
import shutil
import signal
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from helpers.core import paths

PIPE = "EVALBOOK_PIPE"  # the environment variable with the number and the inode of the pipe
FOLDER = "EVALBOOK_TEMPORARY"  # the one with the folder
GRACE = 5.0  # seconds that an interrupted stage has to end its kernel


@dataclass(frozen=True)
class Lifeline:
    """The end of the pipe that children inherit, our end, and the folder for temporary files."""

    theirs: int
    ours: IO[bytes]
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Return what children need to know."""
        return {PIPE: f"{self.theirs}:{os.fstat(self.theirs).st_ino}", FOLDER: str(self.folder)}


@contextmanager
def held() -> Iterator[Lifeline]:
    """Hold a pipe and a folder, which end with the block, and remove what killed runs left.

    The caller holds the lock of the checkout until the block is entered.
    """
    prefix = f"evalbook-{hashlib.sha256(str(paths.root()).encode()).hexdigest()[:6]}-"
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with suppress(OSError):
            os.close(_locked(left))  # fails if another run holds it
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    lock, (theirs, ours) = _locked(folder), os.pipe()
    try:
        with os.fdopen(ours, "wb") as held_open:
            yield Lifeline(theirs, held_open, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        for handle in (lock, theirs):
            os.close(handle)


def watch(command: str) -> None:
    """End this process with the one that started it: a stage's conductor, a kernel's stage."""
    pipe, _, inode = (
        os.environ.get(PIPE, "").partition(":") if command == "stage" else ("0", "", "")
    )
    with suppress(OSError, ValueError):  # no pipe reached this process
        state = os.fstat(int(pipe))
        if stat.S_ISFIFO(state.st_mode) and inode in ("", str(state.st_ino)):
            end = _end_stage if command == "stage" else _end_kernel
            threading.Thread(target=_watch, args=(int(pipe), end), daemon=True).start()


def _watch(pipe: int, end: Callable[[], None]) -> None:
    os.read(pipe, 1)  # nothing is ever written
    end()


def _end_stage() -> None:
    """Interrupt a stage, and remove what its conductor can no longer remove."""
    folder = os.environ.get(FOLDER, "")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(GRACE)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def _end_kernel() -> None:
    """Kill a kernel with all that it started; as Jupyter starts it, it leads its group."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _locked(folder: Path) -> int:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise
    return handle
