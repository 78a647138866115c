"""What a model costs: seconds, memory, arithmetic."""

import contextlib
import io
import sys
import time
from typing import Any

from helpers import files, paths, progress


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


def alone() -> contextlib.AbstractContextManager[None]:
    """Take the turn to be timed: of stages that run side by side only one does so at once."""
    waiting = lambda: progress.say("waiting for its turn to be timed")  # noqa: E731
    return files.turn(paths.build() / ".timed", waiting)


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
