"""Long work in shards: each is kept as soon as it is computed, by whichever process computes it.

A shard's file is named by the digest of its rows and of what computes them: a run that was killed
goes on where it ended. On a cluster the work is also offered in the shared folder, and processes of
other nodes take shards of it. A lock keeps two from computing the same; whoever dies gives it back.
"""

import contextlib
import hmac
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from helpers.core import cache, code_digest, files, paths, progress

# The environment variable that is set where other nodes may help: a secret of the run.
CLUSTER = "EVALBOOK_CLUSTER"
OFFER = "*.offer"  # named <digest>.<cores, 0 for all>.<most helpers>.offer
SIGNED = 32  # bytes of a signature
POLL_SECONDS = 0.5  # how often one looks whether others have computed what is left
Entry = tuple[dict[str, np.ndarray], dict[str, Any]]  # arrays, and facts about them
Compute = Callable[[int], Entry]


@dataclass(frozen=True)
class Work:
    """Shards by number: the key of each, and what loads the function that computes one.

    ``start`` is called on another node, with what it holds sent there; ``cores`` is how many it
    keeps busy there, None for all.
    """

    name: str
    keys: Sequence[str]
    start: Callable[[], Compute]
    cores: int | None = None

    def file(self, number: int) -> Path:
        """Return the file of a shard."""
        return paths.cache("shards", f"{self.keys[number]}.entry")


def offers() -> Path:
    """Return the folder of work that is offered to other nodes."""
    return paths.build() / ".offers"


def blocks(count: int, size: int) -> list[range]:
    """Divide positions into blocks, the last one shorter."""
    return [range(start, min(start + size, count)) for start in range(0, count, size)]


def run(work: Work, compute: Compute) -> Iterator[tuple[int, Entry]]:
    """Yield each shard once, in no fixed order: kept before, computed now, or elsewhere meanwhile.

    ``compute`` is what ``work.start`` would load here.
    """
    left = list(range(len(work.keys)))
    with _offered(work, sum(not files.state(work.file(number)) for number in left)):
        while left:
            had = []
            for number in left:
                if entry := cache.read(work.file(number)) or _computed(work, number, compute):
                    yield number, entry
                    had.append(number)
            left = [number for number in left if number not in had]
            if left and not had:
                progress.say(f"{work.name}: {len(left)} shards are computed elsewhere")
                time.sleep(POLL_SECONDS)


def discard(work: Work) -> None:
    """Remove all shards, once what they were for is kept."""
    for number in range(len(work.keys)):
        for file in (work.file(number), _lock(work, number)):
            file.unlink(missing_ok=True)


def help_with(offer: Path) -> None:
    """Compute shards of work that another process offers, from the last on, while it offers it.

    An offer that no process of this run has signed is not read.
    """
    import cloudpickle

    content = offer.read_bytes() if offer.exists() else b""
    if not hmac.compare_digest(content[:SIGNED], _signature(content[SIGNED:])):
        return
    work: Work = cloudpickle.loads(content[SIGNED:])
    compute = None
    for number in reversed(range(len(work.keys))):
        if not offer.exists():
            return
        if not files.state(work.file(number)):
            compute = compute or work.start()
            _computed(work, number, compute, lambda: not offer.exists())


def _computed(
    work: Work, number: int, compute: Compute, ended: Callable[[], bool] = lambda: False
) -> Entry | None:
    """Compute and keep a shard; None if another process is about it."""
    with contextlib.suppress(BlockingIOError), files.lock(_lock(work, number), wait=False):
        if ended():
            return None
        entry = cache.read(work.file(number))
        if entry is None:
            entry = compute(number)
            cache.write(work.file(number), *entry)
        return entry
    return None


def _signature(content: bytes) -> bytes:
    return hmac.digest(os.environ.get(CLUSTER, "").encode(), content, "sha256")


def _lock(work: Work, number: int) -> Path:
    return paths.cache("shards", f".{work.keys[number]}.lock")


@contextlib.contextmanager
def _offered(work: Work, missing: int) -> Iterator[None]:
    """Offer work to other nodes, where there are any and it can be sent there."""
    if missing < 2 or not os.environ.get(CLUSTER):
        yield
        return
    import cloudpickle

    name = f"{code_digest.of_value(list(work.keys))[:16]}.{work.cores or 0}.{missing - 1}.offer"
    offer = offers() / name
    try:
        content = cloudpickle.dumps(work)
        files.write_bytes(offer, _signature(content), content)
    except Exception as error:  # whatever an open file or a lock inside the items raises
        progress.tell(f"{work.name}: computed on one node, as it cannot be sent to others: {error}")
    try:
        yield
    finally:
        offer.unlink(missing_ok=True)
