"""A traced network on this processor: one stream a core, each of one thread, in single precision.

What one thread computes is the same on any number of cores, and beside whatever else runs.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any, TypeVar

import numpy as np

from helpers.core import progress

Infer = Callable[[np.ndarray], np.ndarray]
"""A batch of inputs to float32 [B, D]; the next call may overwrite what it gave."""
Job, Result = TypeVar("Job"), TypeVar("Result")


def planned() -> str:
    """Name the engine that will run, with its version; the name is part of the cache's key."""
    return f"openvino {version('openvino')} float32"


def compile(function: Any, cores: int) -> tuple[str, Callable[[], Infer]]:  # noqa: A001
    """Compile a concrete function of TensorFlow.

    Returns
    -------
    tuple
        The engine's name, and what makes an ``Infer`` for one thread: by OpenVINO, or by Keras
        itself where OpenVINO cannot convert the network.
    """
    try:
        return planned(), _openvino(function, cores)
    except Exception as error:  # its converter raises whatever its front end does
        progress.say(f"OpenVINO: {type(error).__name__}; Keras runs the network")
        return f"keras {version('keras')} float32", lambda: lambda given: function(given).numpy()


def side_by_side(
    worker: Callable[[], Infer],
    one: Callable[[Infer, Job], Result],
    jobs: Iterable[Job],
    threads: int,
) -> Iterator[Result]:
    """Do jobs in several threads, each with an ``Infer`` of its own; yield results in order."""
    own = threading.local()

    def run(job: Job) -> Result:
        if not hasattr(own, "infer"):
            own.infer = worker()
        return one(own.infer, job)

    pool = ThreadPoolExecutor(threads)
    try:
        yield from pool.map(run, jobs)
    finally:
        pool.shutdown(cancel_futures=True)


def _openvino(function: Any, cores: int) -> Callable[[], Infer]:
    import openvino

    settings = {
        "INFERENCE_PRECISION_HINT": "f32",  # else bfloat16 where the processor has it
        "NUM_STREAMS": str(cores),
        "INFERENCE_NUM_THREADS": str(cores),
    }
    compiled = openvino.Core().compile_model(openvino.convert_model(function), "CPU", settings)

    def worker() -> Infer:
        request = compiled.create_infer_request()

        def infer(given: np.ndarray) -> np.ndarray:
            request.infer({0: given}, share_inputs=True)
            return request.get_output_tensor(0).data

        return infer

    return worker
