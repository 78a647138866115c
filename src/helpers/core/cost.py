"""What a model costs: seconds, memory, floating point operations."""

import contextlib
import io
import os
import platform
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from helpers.core import files, paths, progress

CONTAINER = Path("/sys/fs/cgroup")
POLL_SECONDS = 0.2  # how often a stage that waits for some of the cores looks for free ones
_held_before: dict[str, float] = {}  # what the process that this is a fork of had mapped


class Stopwatch:
    """Seconds spent in a ``with`` block, in ``seconds`` after it."""

    seconds = 0.0

    def __enter__(self) -> "Stopwatch":
        """Start."""
        self._began = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.seconds = time.perf_counter() - self._began


def usable_cores() -> int:
    """Count the cores that this process may use; macOS lets it use all."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def cores(count: int | None = None) -> Iterator[None]:
    """Reserve ``count`` cores or all, and wait until they are free: timed stages share no core."""
    total = _numbers()
    show_waiting = partial(progress.say, "waiting for free cores")
    with contextlib.ExitStack() as reserved:
        if count is None or count >= len(total):
            for core in total:
                reserved.enter_context(files.lock(_core(core), waiting=show_waiting))
        else:
            while not _reserve(count, total, reserved):
                show_waiting()
                time.sleep(POLL_SECONDS)
        yield


def _reserve(count: int, total: Sequence[int], reserved: contextlib.ExitStack) -> bool:
    """Lock ``count`` cores or none, the last first: stages that need all queue at the first."""
    with contextlib.ExitStack() as locks:
        free = 0
        for core in reversed(total):
            with contextlib.suppress(BlockingIOError):
                locks.enter_context(files.lock(_core(core), wait=False))
                free += 1
            if free == count:
                reserved.push(locks.pop_all())
                return True
    return False


def _numbers() -> Sequence[int]:
    """List the numbers of the cores that this process may use, where the system gives them."""
    own = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    return own if len(own) == usable_cores() else range(usable_cores())


def _core(number: int) -> Path:
    return paths.build() / f".core-{platform.node()}-{number}"


def free_memory() -> float:
    """Return the free memory in bytes: this machine's, or what its container leaves."""
    free = float(psutil.virtual_memory().available)
    with contextlib.suppress(OSError, ValueError, KeyError):  # no limit, or none that is told
        limit, used = (
            int((CONTAINER / f"memory.{name}").read_text()) for name in ("max", "current")
        )
        words = (CONTAINER / "memory.stat").read_text().split()
        cached = int(dict(zip(words[::2], words[1::2], strict=True))["inactive_file"])
        free = min(free, limit - used + cached)  # of files, which make way
    return free


def mapped_mb() -> float:
    """Return how much this process holds of files that are mapped, libraries, in megabytes."""
    return getattr(psutil.Process().memory_info(), "shared", 0) / 1e6


def count_for_forks() -> None:
    """Count libraries that this process holds in its forks, which map only what they touch."""
    _held_before["megabytes"] = mapped_mb()


def peak_memory_mb() -> float:
    """Return the peak memory of this process in megabytes (10**6 bytes)."""
    unit = 1 if sys.platform == "darwin" else 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    return own + max(0.0, _held_before.get("megabytes", 0.0) - mapped_mb())


def gflops(network: Any, shape: tuple[int, ...], kind: str = "float32") -> float | None:
    """Count billions of operations on one item, a multiply-add as two; None if one is unknown."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    run = tf.function(lambda x: network(x, training=False), autograph=False)
    item = tf.TensorSpec((1, *shape), kind)
    profile = tf.compat.v1.profiler
    options = profile.ProfileOptionBuilder.float_operation() | {"output": "none"}
    tf.get_logger().setLevel("ERROR")  # the profiler warns of its own age
    try:
        made = run.get_concrete_function(item)
        calls = any("Call" in each.type for each in made.graph.get_operations())
        # what is called is counted only where it is written out, weights too: gigabytes of them
        graph = convert_variables_to_constants_v2(made).graph if calls else made.graph
        with contextlib.redirect_stdout(io.StringIO()):
            counted = profile.profile(graph, options=options)
    except Exception:  # an unknown operation
        return None
    return float(counted.total_float_ops / 1e9)
