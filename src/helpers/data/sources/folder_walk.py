"""What lies below a folder, through links to other folders and never in circles."""

import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Literal

Kind = Literal["file", "folder", "broken", "again", "closed"]


def walk(
    root: Path, passed_over: Collection[str], outside: bool = False
) -> Iterator[tuple[str, Kind]]:
    """Name what is below a folder, relative to it, and say what it is.

    A link is what it leads to: ``broken`` if to nothing, ``again`` if to a folder above it or one
    that another link led to. A folder is ``closed`` if it may not be listed. What lies in folders
    of a name in ``passed_over``, or ``outside`` of the root unless allowed, is not named.
    """
    top = os.path.realpath(root)
    waiting, followed = [(str(root), "")], {top}
    while waiting:
        here, below = waiting.pop()
        try:
            entries = sorted(os.listdir(here), reverse=True)
        except OSError:
            yield below.rstrip("/"), "closed"
            continue
        for entry in entries:
            path, name = os.path.join(here, entry), below + entry
            if not os.path.isdir(path):
                if os.path.isfile(path) or not os.path.exists(path):
                    yield name, "file" if os.path.isfile(path) else "broken"
                continue
            enter = entry not in passed_over
            if os.path.islink(path):
                target = os.path.realpath(path)
                if target in followed or Path(os.path.realpath(here)).is_relative_to(target):
                    yield name, "again"
                    continue
                followed.add(target)
                enter = enter and (outside or Path(target).is_relative_to(top))
            yield name, "folder"
            if enter:
                waiting.append((path, f"{name}/"))
