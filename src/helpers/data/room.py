"""Room in memory for what threads decode side by side: bounded by bytes, not by their number."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

BYTES = 1_500_000_000  # of all items at once; a larger one has the room for itself
_held: dict[int, int] = {}  # bytes by thread
_changed = threading.Condition()


@contextmanager
def shared() -> Iterator[None]:
    """Run a task of a thread; at its end it gives back what it took."""
    with _changed:
        _held[threading.get_ident()] = 0
    try:
        yield
    finally:
        with _changed:
            del _held[threading.get_ident()]
            _changed.notify_all()


def take(needed: int) -> None:
    """Wait until there is room; what is no task, or holds some already, never waits."""
    with _changed:
        if (me := threading.get_ident()) in _held:
            room = max(BYTES, needed) - needed
            _changed.wait_for(lambda: _held[me] or sum(_held.values()) <= room)
            _held[me] += needed
