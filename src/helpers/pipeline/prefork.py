"""A process that has imported the libraries already: each stage and each kernel is a fork of it.

What most notebooks do takes less time than their imports. ``above`` imports once, runs make below
it, and forks at each request; ``ask`` is what a command does instead of importing for itself.
Where no such process can be reached, a command runs as it would without.
"""

import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from contextlib import suppress
from pathlib import Path

from helpers.core import quiet_imports

ADDRESS = "EVALBOOK_WARM"
"""The environment variable that names the socket to ask at."""
LONGEST = 100
"""Characters that the name of a socket may have."""
EVERY = 0.1
"""Seconds between two looks at whether the command has ended."""
LIBRARIES = (
    "huggingface_hub.repocard_data",
    "ipykernel.kernelapp",
    "jinja2",
    "matplotlib.pyplot",
    "pandas.io.formats.style",
    "papermill",
    "pyarrow.parquet",
    "pydantic",
    "scipy.stats",
    "seaborn",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
)
"""What stages import and what takes long. None of ours: those are read as they stand."""


def above(command: list[str], settings: dict[str, str], entry: str) -> int:
    """Run a command; what it starts may ``ask`` this process.

    Parameters
    ----------
    command : list of str
        Such as make and its arguments.
    settings : dict
        The environment to import in.
    entry : str
        The function that runs a request's arguments, ``"module:function"``.

    Returns
    -------
    int
        The command's own exit code.
    """
    with tempfile.TemporaryDirectory(prefix="evalbook-") as folder:
        address = str(Path(folder) / "warm")
        if len(address) > LONGEST:
            return subprocess.call(command, close_fds=False)
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(address)
            door.listen(socket.SOMAXCONN)
            door.settimeout(EVERY)
            environment = os.environ | {ADDRESS: address}
            below = subprocess.Popen(command, env=environment, close_fds=False)  # of make's own too
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command hears it, and ends
            os.environ.update(settings)
            _import()
            _serve(door, below, entry)
        return below.returncode if below.returncode >= 0 else 128 - below.returncode


def ask(arguments: list[str]) -> int | None:
    """Have a fork run a command of ours as it would here, and return its exit code.

    None where there is no process to ask. An interrupt is passed on, and waited for.
    """
    with socket.socket(socket.AF_UNIX) as asking:
        try:
            asking.connect(os.environ[ADDRESS])
        except (KeyError, OSError):
            return None
        answer = b""
        with suppress(ConnectionError):  # who was asked is gone
            answer = _answered(asking, arguments)
    if not answer:
        print(
            f"evalbook: the {arguments[0]} was killed, perhaps for want of memory", file=sys.stderr
        )
    return int(answer or 1)


def _answered(asking: socket.socket, arguments: list[str]) -> bytes:
    """Send a request and wait for its answer: empty where who was asked ends without one."""
    request = {"arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}
    socket.send_fds(asking, [b"."], [0, 1, 2])
    asking.sendall(json.dumps(request).encode() + b"\n")
    try:
        return asking.recv(16)
    except KeyboardInterrupt:
        asking.shutdown(socket.SHUT_WR)
        return asking.recv(16)


def _import() -> None:
    quiet_imports.nbformat()
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.freeze()  # what is never collected is never copied


def _serve(door: socket.socket, below: subprocess.Popen, entry: str) -> None:
    """Fork at each request until the command has ended."""
    forks: list[int] = []
    while below.poll() is None:
        with suppress(TimeoutError):
            asking, _ = door.accept()
            forks.append(os.fork())
            if not forks[-1]:
                door.close()
                _answer(asking, entry)
            asking.close()
        forks = [fork for fork in forks if os.waitpid(fork, os.WNOHANG) == (0, 0)]


def _answer(asking: socket.socket, entry: str) -> None:
    """Run what is asked for and say how it ended; never return."""
    code = 1
    try:
        code = _run(asking, entry)
    except SystemExit as end:
        code = int(end.code or 0)
    except Exception:  # nobody is above us to show it
        traceback.print_exc()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the asker ends as soon as it has the answer
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
            asking.sendall(str(code).encode())
        os._exit(code)


def _run(asking: socket.socket, entry: str) -> int:
    """Run a command of ours with the streams, the folder and the environment of the asker."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    asking.settimeout(None)
    _, handles, _, _ = socket.recv_fds(asking, 1, 3)
    for stream, handle in enumerate(handles):
        os.dup2(handle, stream)
        os.close(handle)
    request = json.loads(asking.makefile("rb").readline())
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    threading.Thread(target=_end_with, args=(asking, request["arguments"]), daemon=True).start()
    for name in [name for name in sys.modules if name.partition(".")[0] == "helpers"]:
        del sys.modules[name]
    module, _, function = entry.partition(":")
    return getattr(importlib.import_module(module), function)(request["arguments"])


def _end_with(asking: socket.socket, arguments: list[str]) -> None:
    """End when the asker does: a stage as if it were interrupted, a kernel with all it started."""
    asking.recv(1)
    if arguments[0] == "kernel":
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGINT)
