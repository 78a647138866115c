"""A server process that has imported the libraries: each stage and each kernel is a fork of it.

Most notebooks take less time than their imports. ``serve`` imports once, runs make as a child, and
forks for each request; a command makes one before it would import anything itself. Where
no server can be reached, a command runs in its own process, with the same result.
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
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from helpers.core import cost, quiet_imports
from helpers.pipeline import freshness
from helpers.pipeline.lifeline import GRACE, Lifeline
from helpers.pipeline.prefork_client import ADDRESS, KERAS

ENDING = (signal.SIGTERM, signal.SIGHUP)
PARENT = "EVALBOOK_PARENT"  # the environment variable with the process that ends all if it ends
MAX_ADDRESS_LENGTH = 100  # characters that the path of a socket may have
POLL_SECONDS = 0.1  # how often the server checks whether the command has ended
ENVIRONMENT = {  # read when libraries are imported
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "OPENBLAS_NUM_THREADS": "1",  # stages run in parallel; networks have their own threads
    "PYTHONHASHSEED": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
# slow imports, and ours that most notebooks use
LIBRARIES = ["huggingface_hub.repocard_data", "ipykernel.kernelapp"]
LIBRARIES += ["pandas.io.formats.style", "papermill", "pyarrow.dataset", "pyarrow.parquet"]
LIBRARIES += ["pydantic", "seaborn", "sklearn.linear_model"]
OURS = ["helpers.comparison.leaderboard", "helpers.data.preparation", "helpers.pipeline.run"]
OURS += ["helpers.evaluation.classification", "helpers.report.examples", "helpers.training.fit"]
_code: dict[str, str] = {}  # the state of our files before this process imported them


def keep_code() -> None:
    """Let forks keep our modules as this process imports them, until a file of them changes.

    Without it each fork imports them anew.
    """
    _code["state"] = freshness.state_of_code()


def serve(
    command: list[str],
    line: Lifeline,
    entry: str,
    given: str = "",
    handle: Callable[[socket.socket], None] | None = None,
    keras: bool = False,
) -> int:
    """Run a command whose own children may ``request`` forks of this process.

    ``entry`` names the function that runs a request's arguments, ``"module:function"``; ``given``
    is the command's standard input. With ``handle`` nothing is forked: it takes each request's
    connection. With ``keras`` a second server's forks have imported Keras, too: as others have not,
    what a model costs in memory stays its own. Returns the command's exit code. Whatever ends this
    process ends the command and the forks.
    """
    parent = int(os.environ.pop(PARENT, 0)) or os.getppid()
    served = os.environ | line.environment | ({"TMPDIR": str(line.folder)} if entry else {})
    address = str(line.folder / "prefork")
    forks: list[int] = []
    with_keras = 0
    keras = keras and not handle and sys.platform == "linux"  # elsewhere it may not bear a fork
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as second:
        if bound := bool(entry or handle) and len(address + KERAS) <= MAX_ADDRESS_LENGTH:
            for each, name in ((listener, address), (second, address + KERAS))[: 1 + keras]:
                each.settimeout(POLL_SECONDS)
                each.bind(name)
                each.listen(socket.SOMAXCONN)
            served |= {ADDRESS: address}
        _handle_signals()
        child = subprocess.Popen(
            command, env=served, pass_fds=[line.theirs], stdin=subprocess.PIPE if given else None
        )
        try:
            if child.stdin:
                with suppress(BrokenPipeError), child.stdin:
                    child.stdin.write(given.encode())
            if bound and not handle:
                os.environ.update(ENVIRONMENT)
                quiet_imports.nbformat()
                for name in (*LIBRARIES, *(OURS if _code else ())):
                    importlib.import_module(name)
                gc.freeze()  # what is never collected is never copied
                cost.count_for_forks()
                if keras:
                    with_keras = _fork_with_keras(second, listener, line, entry)
            while child.poll() is None and os.getppid() == parent:
                if handle and bound:
                    with suppress(TimeoutError):
                        handle(listener.accept()[0])
                elif bound:
                    _accept_request(listener, line, entry, forks)
                else:
                    time.sleep(POLL_SECONDS)
        finally:
            if with_keras:  # its forks end with their clients
                os.kill(with_keras, signal.SIGKILL)
                os.waitpid(with_keras, 0)
            _end(child, line, forks)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def _fork_with_keras(
    listener: socket.socket, other: socket.socket, line: Lifeline, entry: str
) -> int:
    """Fork a server whose own forks have imported Keras; return its process."""
    server, forks = os.getpid(), list[int]()
    if process := os.fork():
        listener.close()
        return process
    try:
        os.setsid()
        other.close()
        line.ours.close()
        with suppress(Exception):  # a fork that needs it says what is wrong
            quiet_imports.tensorflow()
            importlib.import_module("keras")
        gc.freeze()
        cost.count_for_forks()
        while os.getppid() == server:
            _accept_request(listener, line, entry, forks)
    finally:
        os._exit(0)


def _handle_signals() -> None:
    """Leave an interrupt to the command, and end in good order if told to."""

    def end(number: int, _: Any) -> None:
        raise SystemExit(128 + number)

    handlers: dict[int, Any] = {signal.SIGINT: lambda *_: None} | dict.fromkeys(ENDING, end)
    for number, handler in handlers.items():
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup and a shell's & have it
            signal.signal(number, handler)


def _end(child: "subprocess.Popen[bytes]", line: Lifeline, forks: list[int]) -> None:
    """End the command and all forks: first by the pipe that closes, what is left by force."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
    line.ours.close()
    if child.poll() is None:
        child.terminate()
    deadline = time.monotonic() + 2 * GRACE
    while (child.poll() is None or forks) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS / 5)
        _reap(forks)
    child.kill()
    child.wait()
    for fork in forks:
        with suppress(ProcessLookupError):
            os.killpg(fork, signal.SIGKILL)  # a fork leads a group
    for number in (signal.SIGINT, *ENDING):
        signal.signal(number, signal.SIG_DFL)


def _reap(forks: list[int]) -> None:
    forks[:] = [fork for fork in forks if os.waitpid(fork, os.WNOHANG) == (0, 0)]


def _accept_request(listener: socket.socket, line: Lifeline, entry: str, forks: list[int]) -> None:
    with suppress(TimeoutError):
        connection, _ = listener.accept()
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)  # a fork must not end what is not its own
        forks.append(os.fork())
        if not forks[-1]:
            listener.close()
            line.ours.close()
            _dispatch(connection, entry)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        connection.close()
    _reap(forks)


def _dispatch(connection: socket.socket, entry: str) -> None:
    code = 1
    try:
        code = _run(connection, entry)
    except SystemExit as end:
        code = int(end.code or 0)
    except Exception:  # no caller is left to show it
        traceback.print_exc()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the client ends once it has the answer
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
            connection.sendall(str(code).encode())
        os._exit(code)


def _run(connection: socket.socket, entry: str) -> int:
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    connection.settimeout(None)
    _, handles, _, _ = socket.recv_fds(connection, 1, 3)
    for stream, handle in enumerate(handles):
        os.dup2(handle, stream)
        os.close(handle)
    if not (line := connection.makefile("rb").readline()):
        return 1  # the client has ended before it said what it wants
    message = json.loads(line)
    os.chdir(message["folder"])
    os.environ.clear()
    os.environ.update(message["environment"])
    tempfile.tempdir = None  # the folder is another one now
    arguments = message["arguments"]
    threading.Thread(target=_end_with_client, args=(connection, arguments), daemon=True).start()
    if _code.get("state") != freshness.state_of_code():
        for name in [name for name in sys.modules if name.partition(".")[0] == "helpers"]:
            del sys.modules[name]
    module, _, function = entry.partition(":")
    return int(getattr(importlib.import_module(module), function)(arguments))


def _end_with_client(connection: socket.socket, arguments: list[str]) -> None:
    """End when the client does: a stage as if interrupted, a kernel with all its children."""
    connection.recv(1)
    if arguments[0] == "kernel":
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGINT)
