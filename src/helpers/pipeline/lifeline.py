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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

from helpers.core import paths

PIPE = "EVALBOOK_PIPE"  # the environment variable with the number and the inode of the pipe
FOLDER = "EVALBOOK_TEMPORARY"  # the one with the folder
GRACE = 5.0  # seconds that an interrupted stage has to end its kernel


class Lifeline(NamedTuple):
    """Our end of the pipe, the end that children inherit, their environment, and the folder."""

    ours: IO[bytes]
    theirs: int
    environment: dict[str, str]
    folder: Path


@contextmanager
def held() -> Iterator[Lifeline]:
    """Hold a pipe and a folder, which end with the block, and remove what killed runs left."""
    prefix = f"evalbook-{hashlib.sha256(str(paths.root()).encode()).hexdigest()[:6]}-"
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with suppress(OSError):
            os.close(_locked(left))  # fails if another run holds it
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    lock, (theirs, ours) = _locked(folder), os.pipe()
    try:
        with os.fdopen(ours, "wb") as held_open:
            known = {PIPE: f"{theirs}:{os.fstat(theirs).st_ino}", FOLDER: str(folder)}
            yield Lifeline(held_open, theirs, known, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)
        os.close(theirs)


def watch(command: str) -> None:
    """End this process with the one that started it: a stage's conductor, a kernel's stage."""
    given, end = ("0", _end_kernel) if command == "kernel" else (os.environ.get(PIPE), _end_stage)
    pipe, _, inode = (given or "").partition(":")
    with suppress(OSError, ValueError):  # no pipe reached this process
        state = os.fstat(int(pipe))
        if stat.S_ISFIFO(state.st_mode) and inode in ("", str(state.st_ino)):
            # nothing is ever written: reading ends when the pipe closes
            wait = threading.Thread(target=lambda: (os.read(int(pipe), 1), end()), daemon=True)
            wait.start()


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
