"""Let a fork of a server that has imported the libraries run a command: see ``prefork``."""

import json
import os
import socket
import sys
from contextlib import suppress

ADDRESS = "EVALBOOK_PREFORK"  # the environment variable that names the server's socket
KERAS = ".keras"  # ends the name of the socket whose forks have imported Keras as well


def request(arguments: list[str]) -> int | None:
    """Let a fork of the server run a command in place of this process; None without a server."""
    with socket.socket(socket.AF_UNIX) as connection:
        if not _connected(connection, os.environ.get(ADDRESS, "")):
            return None
        answer = b""
        with suppress(ConnectionError):  # the fork was killed
            answer = _exchange(connection, arguments)
    if not answer and arguments[0] != "kernel":  # a notebook that has ended kills its kernel
        cause = "was killed, possibly because it ran out of memory"
        print(f"evalbook: the {arguments[0]} {cause}", file=sys.stderr)
    return int(answer or 1)


def _connected(connection: socket.socket, address: str) -> bool:
    """Connect to a server, or where it has no server with Keras to itself."""
    for each in filter(None, (address, address.removesuffix(KERAS))):
        with suppress(OSError):
            connection.connect(each)
            return True
    return False


def _exchange(connection: socket.socket, arguments: list[str]) -> bytes:
    """Send a request and wait for its exit code; empty if the fork ends without sending one."""
    message = {"arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}
    socket.send_fds(connection, [b"."], [0, 1, 2])
    connection.sendall(json.dumps(message).encode() + b"\n")
    try:
        return connection.recv(16)
    except KeyboardInterrupt:
        connection.shutdown(socket.SHUT_WR)
        return connection.recv(16)
