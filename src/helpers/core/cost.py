"""What a model costs: seconds, memory, arithmetic."""

import contextlib
import io
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from helpers.core import files, paths, progress


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


@contextlib.contextmanager
def cores(count: int | None = None) -> Iterator[None]:
    """Take cores to be timed on: all of them, or so many.

    Of stages that run side by side none is timed on a core that another one was given; whoever
    finds too few free waits.
    """
    every = len(os.sched_getaffinity(0))
    with contextlib.ExitStack() as taken:
        if count is None or count >= every:
            for core in range(every):
                taken.enter_context(files.turn(_core(core), waiting=_say))
        else:
            taken.enter_context(_some(count, every))
        yield


@contextlib.contextmanager
def _some(count: int, every: int) -> Iterator[None]:
    """Take whichever cores come free, the last first: those who need all queue at the first."""
    with contextlib.ExitStack() as taken:
        held: set[int] = set()
        while len(held) < count:
            for core in reversed(range(every)):
                if core not in held and len(held) < count:
                    lock = files.turn(_core(core), wait=False)
                    with contextlib.suppress(BlockingIOError):
                        taken.enter_context(lock)
                        held.add(core)
            if len(held) < count:
                _say()
                time.sleep(0.2)
        yield


def _core(number: int) -> Path:
    return paths.build() / f".core-{number}"


def _say() -> None:
    progress.say("waiting for its turn to be timed")


def peak_memory_mb() -> float:
    """Return the most memory that this process has held, in megabytes (10**6 bytes)."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / 1e6


def gflops(network: Any, shape: tuple[int, ...], kind: str = "float32") -> float | None:
    """Count the floating point operations of one item, in billions; a multiply-add is two.

    Parameters
    ----------
    network : keras.Model
    shape : tuple of int
        Of one item, without the batch.
    kind : str
        Type of the item's values.

    Returns
    -------
    float or None
        None where TensorFlow's profiler cannot count the network.
    """
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    run = tf.function(lambda x: network(x, training=False), autograph=False)
    item = tf.TensorSpec((1, *shape), kind)
    profile = tf.compat.v1.profiler
    options = profile.ProfileOptionBuilder.float_operation()
    options["output"] = "none"
    tf.get_logger().setLevel("ERROR")  # the profiler warns of its own age
    try:
        graph = convert_variables_to_constants_v2(run.get_concrete_function(item)).graph
        with contextlib.redirect_stdout(io.StringIO()):
            counted = profile.profile(graph, options=options)
    except Exception:  # an operation that it does not know
        return None
    return counted.total_float_ops / 1e9
