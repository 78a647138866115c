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
    me = threading.get_ident()
    with _changed:
        _held[me] = 0
    try:
        yield
    finally:
        with _changed:
            del _held[me]
            _changed.notify_all()


def take(needed: int) -> None:
    """Wait until there is room for so many bytes; what is outside of a task never waits."""
    me = threading.get_ident()
    with _changed:
        if me in _held:
            # a task that holds some goes on: two that wait for each other would never end
            _changed.wait_for(
                lambda: _held[me] or sum(_held.values()) + needed <= max(BYTES, needed)
            )
            _held[me] += needed
