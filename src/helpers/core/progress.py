"""Progress of long work: written for the pipeline if it listens, else to the terminal."""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

Item = TypeVar("Item")
TOLD = ".told"  # what follows the listener's name in that of the file of lines that stay
INTERVAL = 0.5  # least seconds between two updates


def say(text: str) -> None:
    """Show what is being done now, in a few words."""
    if listener := os.environ.get("EVALBOOK_PROGRESS"):
        Path(listener).write_text(text, encoding="utf-8")
    elif sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def tell(text: str) -> None:
    """Tell a line that stays: what was found damaged, and what became of it."""
    if listener := os.environ.get("EVALBOOK_PROGRESS"):
        with Path(listener + TOLD).open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")
    else:
        print(f"evalbook: {text}", file=sys.stderr)


def track(
    items: Iterable[Item], what: str, total: int | None = None, before: int = 0
) -> Iterator[Item]:
    """Iterate over items and show how many are done, with those ``before``: ``features 7/40``."""
    total = total if total is not None else getattr(items, "__len__", lambda: None)()
    of_total = f"/{total:,}" if total is not None else ""
    shown = 0.0
    for done, item in enumerate(items, before):
        if time.monotonic() - shown >= INTERVAL:
            shown = time.monotonic()
            say(f"{what} {done:,}{of_total}")
        yield item
    say("")
