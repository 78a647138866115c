"""What a node of a cluster does: it is sent there, and imports the standard library alone."""

import contextlib
import fcntl
import os
import platform
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

POLL_SECONDS = 0.1
GRACE = 10.0  # seconds that a command has to end after it was interrupted


def problem(folder: str, name: str, content: str, python: str) -> str:
    """Say why a stage could not run on this node; empty if it can."""
    try:
        if Path(folder, name).read_text(encoding="utf-8") != content:
            return f"sees another folder than ours as {folder}"
        Path(folder, f"{name}.{os.getpid()}").touch()
        Path(folder, f"{name}.{os.getpid()}").unlink()
    except FileNotFoundError:
        return f"does not see {folder}"
    except OSError as error:
        return f"cannot write {folder} ({error.strerror})"
    return "" if os.access(python, os.X_OK) else f"has no {python}"


def run(
    command: list[str], folder: str, environment: dict[str, str], log: str, cores: int, gpus: bool
) -> int:
    """Run a command on cores of its own and return its exit code.

    Its output goes to ``log``.out and .err, the name of this node to ``log``.node. Whatever ends
    this process ends the command: the pipe that it watches closes.
    """
    Path(f"{log}.node").write_text(platform.node(), encoding="utf-8")
    given = dict(environment)
    if gpus and "CUDA_VISIBLE_DEVICES" in os.environ:  # those that Ray chose
        given["CUDA_VISIBLE_DEVICES"] = os.environ["CUDA_VISIBLE_DEVICES"]
    theirs, ours = os.pipe()
    temporary = tempfile.mkdtemp(prefix="evalbook-")
    given["EVALBOOK_PIPE"] = f"{theirs}:{os.fstat(theirs).st_ino}"
    given["EVALBOOK_TEMPORARY"] = given["TMPDIR"] = temporary
    try:
        with open(f"{log}.out", "wb") as out, open(f"{log}.err", "wb") as err, pinned(log, cores):
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=given,
                pass_fds=[theirs],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
            try:
                while (code := process.poll()) is None:
                    time.sleep(POLL_SECONDS)
                return code if code >= 0 else 128 - code
            finally:
                _end(process)
    finally:
        os.close(theirs)
        os.close(ours)
        shutil.rmtree(temporary, ignore_errors=True)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Interrupt a command that still runs, and kill it with all its children if it stays."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def pinned(log: str, count: int) -> Iterator[None]:
    """Keep what is started here on ``count`` cores that nothing else was given, if there are."""
    if not hasattr(os, "sched_getaffinity"):
        yield
        return
    every, held = os.sched_getaffinity(0), dict[int, int]()
    for core in sorted(every):
        if len(held) < count:
            lock = Path(log).parent / f".pin-{platform.node()}-{core}"
            handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                held[core] = handle
            except OSError:
                os.close(handle)
    if len(held) == count:
        os.sched_setaffinity(0, held)
    try:
        yield
    finally:
        os.sched_setaffinity(0, every)
        for handle in held.values():
            os.close(handle)
