"""Pictures through a frozen network, as fast as the processor allows and always the same numbers.

Each picture goes through on its own, in single precision, on one core, and several do so side by
side. Nothing that runs beside a picture can change its output, whatever the number of cores.
"""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from helpers import progress
from helpers.models.scaling import resize

AHEAD = 2
"""Workers a core: while one waits for its picture to be decoded, another keeps the core busy."""
Infer = Callable[[np.ndarray], np.ndarray]
"""uint8 [1, S, S, 3] -> float32 [1, D]."""


@dataclass(frozen=True)
class Engine:
    """A network ready to run: ``worker`` makes what one thread infers with."""

    name: str
    size: int
    dimension: int
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
            float32 [N, D], in the order of the positions.
        """
        outputs, own = np.empty((len(positions), self.dimension), np.float32), threading.local()

        def one(row: int) -> None:
            if not hasattr(own, "infer"):
                own.infer = self.worker()
            picture = resize(read(int(positions[row])), self.size)
            outputs[row] = own.infer(picture[None])[0]

        pool = ThreadPoolExecutor(AHEAD * self.cores)
        try:
            for _ in progress.track(pool.map(one, range(len(positions))), what, len(positions)):
                pass
        finally:
            pool.shutdown(cancel_futures=True)
        return outputs


def planned() -> str:
    """Name the engine that will run, with its version; the name is part of the cache's key."""
    return f"openvino {version('openvino')} float32"


def compile(network: Any, threads: int | None = None) -> Engine:  # noqa: A001 (engine.compile)
    """Make a Keras network ready to run.

    Parameters
    ----------
    network : keras.Model
        float32 [B, S, S, 3] -> [B, D].
    threads : int, optional
        Cores to use, all by default. They change the speed, and no number.

    Returns
    -------
    Engine
        OpenVINO, or Keras itself where OpenVINO cannot convert the network.
    """
    cores = threads or len(os.sched_getaffinity(0))
    _, size, _, _ = network.input_shape
    function = _function(network)
    try:
        name, worker = planned(), _openvino(function, cores)
    except Exception as error:  # its converter raises whatever its front end does
        progress.say(f"OpenVINO: {type(error).__name__}; Keras runs the network")
        name, worker = f"keras {version('keras')} float32", lambda: lambda x: function(x).numpy()
    return Engine(name, size, network.output_shape[-1], cores, worker)


def _function(network: Any) -> Any:
    """Trace a network for one picture in inference mode."""
    import tensorflow as tf

    run = tf.function(lambda x: network(tf.cast(x, tf.float32), training=False), autograph=False)
    return run.get_concrete_function(tf.TensorSpec((1, *network.input_shape[1:]), tf.uint8))


def _openvino(function: Any, cores: int) -> Callable[[], Infer]:
    """Compile for the processor, one stream a core, each of one thread."""
    import openvino

    settings = {
        "INFERENCE_PRECISION_HINT": "f32",  # else bfloat16 where the processor has it
        "NUM_STREAMS": str(cores),
        "INFERENCE_NUM_THREADS": str(cores),
    }
    model = openvino.convert_model(function)
    compiled = openvino.Core().compile_model(model, "CPU", settings)

    def worker() -> Infer:
        request = compiled.create_infer_request()

        def infer(picture: np.ndarray) -> np.ndarray:
            request.infer({0: picture}, share_inputs=True)
            return request.get_output_tensor(0).data

        return infer

    return worker
