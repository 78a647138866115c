"""Progress of long work: told to the pipeline when it listens, else to a person at a terminal."""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

Item = TypeVar("Item")
EVERY = 0.5
"""Seconds between two notes at most."""


def say(text: str) -> None:
    """Say what is going on now, in a few words."""
    if listener := os.environ.get("EVALBOOK_PROGRESS"):
        Path(listener).write_text(text, encoding="utf-8")
    elif sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def track(items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
    """Go through items and say how many are done.

    Parameters
    ----------
    items : iterable
    what : str
        A word or two, such as ``"features"``.
    total : int, optional
        How many there are; ``len(items)`` where it is known.
    """
    total = total if total is not None else getattr(items, "__len__", lambda: None)()
    of_total = f"/{total:,}" if total is not None else ""
    said = 0.0
    for done, item in enumerate(items):
        if time.monotonic() - said >= EVERY:
            said = time.monotonic()
            say(f"{what} {done:,}{of_total}")
        yield item
    say("")
