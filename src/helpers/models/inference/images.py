"""Pictures through a frozen network, as fast as the processor allows and always the same numbers.

Each picture goes through on its own, in single precision, on one core, and several do so side by
side. Nothing that runs beside a picture can change its output, whatever the number of cores.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.core import progress
from helpers.data.image.resizing import resize
from helpers.models.inference import openvino
from helpers.models.inference.openvino import Infer

AHEAD = 2
"""Workers a core: while one waits for its picture to be decoded, another keeps the core busy."""


@dataclass(frozen=True)
class Engine:
    """A network ready to run: ``worker`` makes what one thread infers with, [1, S, S, 3] uint8."""

    name: str
    size: int
    shape: tuple[int, ...]
    cores: int
    worker: Callable[[], Infer]

    def run(
        self,
        read: Callable[[int], np.ndarray],
        positions: Sequence[int],
        what: str = "pictures",
    ) -> np.ndarray:
        """Decode, scale and infer.

        Parameters
        ----------
        read : callable
            A position to its picture, uint8 [H, W, 3]; called from several threads.
        positions : sequence of int
        what : str
            For the progress line.

        Returns
        -------
        ndarray
            float32 [N, *shape], in the order of the positions.
        """
        outputs = np.empty((len(positions), *self.shape), np.float32)

        def one(infer: Infer, row: int) -> None:
            picture = resize(read(int(positions[row])), self.size)
            outputs[row] = infer(picture[None])[0]

        rows, threads = range(len(positions)), AHEAD * self.cores
        done = openvino.side_by_side(self.worker, one, rows, threads)
        for _ in progress.track(done, what, len(positions)):
            pass
        return outputs


def planned() -> str:
    """Name the engine that will run; the name is part of the cache's key."""
    return openvino.planned()


def compile(network: Any, threads: int | None = None) -> Engine:  # noqa: A001 (engine.compile)
    """Make a Keras network ready to run.

    Parameters
    ----------
    network : keras.Model
        float32 [B, S, S, 3] -> [B, *shape], features or a map.
    threads : int, optional
        Cores to use, all by default. They change the speed, and no number.

    Returns
    -------
    Engine
        OpenVINO, or Keras itself where OpenVINO cannot convert the network.
    """
    cores = threads or len(os.sched_getaffinity(0))
    name, worker = openvino.compile(_function(network), cores)
    return Engine(name, network.input_shape[1], network.output_shape[1:], cores, worker)


def _function(network: Any) -> Any:
    """Trace a network for one picture in inference mode."""
    import tensorflow as tf

    run = tf.function(lambda x: network(tf.cast(x, tf.float32), training=False), autograph=False)
    return run.get_concrete_function(tf.TensorSpec((1, *network.input_shape[1:]), tf.uint8))
