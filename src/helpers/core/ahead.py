"""Make the next thing while one is used."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Job = TypeVar("Job")
Made = TypeVar("Made")


def made(make: Callable[[Job], Made], jobs: Sequence[Job]) -> Iterator[tuple[Job, Made]]:
    """Yield each job and what is made of it, in order; a thread makes the next one meanwhile."""
    with ThreadPoolExecutor(1) as thread:
        results = (thread.submit(make, job) for job in jobs)  # each once it is asked for
        after = next(results, None)
        for job in jobs:
            result, after = after, next(results, None)
            if result:
                yield job, result.result()
