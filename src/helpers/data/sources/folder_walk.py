"""What lies below a folder, through links to other folders and never in circles."""

import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Literal

DEPTH = 3  # how many links to folders may follow on one another
Kind = Literal["file", "folder", "broken", "circle", "closed"]


def walk(
    root: Path, passed_over: Collection[str], outside: bool = False
) -> Iterator[tuple[str, Kind]]:
    """Name what is below a folder, relative to it, and say what it is, in no fixed order.

    A link is what it leads to: ``broken`` if to nothing, ``circle`` if to a folder above it or
    behind too many other links. A folder is ``closed`` if it may not be listed. What lies in
    folders of a name in ``passed_over``, or ``outside`` of the root unless allowed, is not named.
    """
    top: tuple[str, ...] = (os.path.realpath(root),)
    waiting = [(str(root), "", top)]
    while waiting:
        here, below, chain = waiting.pop()
        try:
            entries = os.listdir(here)
        except OSError:
            yield below.rstrip("/"), "closed"
            continue
        for entry in entries:
            path, name, links = os.path.join(here, entry), below + entry, chain
            if not os.path.isdir(path):
                if os.path.isfile(path) or not os.path.exists(path):
                    yield name, "file" if os.path.isfile(path) else "broken"
                continue
            if os.path.islink(path):
                links = (*chain, os.path.realpath(path))
                above = [Path(each) for each in (*chain, os.path.realpath(here))]
                if len(chain) > DEPTH or any(each.is_relative_to(links[-1]) for each in above):
                    yield name, "circle"
                    continue
            yield name, "folder"
            leaves = links is not chain and not Path(links[-1]).is_relative_to(top[0])
            if entry not in passed_over and (outside or not leaves):
                waiting.append((path, f"{name}/", links))
