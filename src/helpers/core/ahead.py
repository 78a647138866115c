"""Make the next things while one is used."""

from collections.abc import Callable, Iterable, Iterator, Sequence
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


def side_by_side(make: Callable[[Job], Made], jobs: Iterable[Job], threads: int) -> Iterator[Made]:
    """Yield what threads make of each job, in order; whoever stops asking drops the rest."""
    if threads == 1:
        yield from map(make, jobs)
        return
    pool = ThreadPoolExecutor(threads)
    try:
        yield from pool.map(make, jobs)
    finally:
        pool.shutdown(cancel_futures=True)
