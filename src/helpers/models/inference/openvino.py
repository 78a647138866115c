"""A Keras network compiled for this processor: one stream per core, single-threaded, in float32.

What one thread computes is the same on any number of cores, and beside whatever else runs.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, TypeVar
from unittest.mock import patch

import numpy as np

from helpers.core import ahead, cost, progress
from helpers.core.errors import UserError
from helpers.data import room
from helpers.models.inference import devices

HINTS = {devices.EXACT: "f32", devices.LOWER: "bf16"}
CAPABLE = "OPTIMIZATION_CAPABILITIES"
# A batch of inputs to float32 [B, ...]; the next call may overwrite its output.
Infer = Callable[[np.ndarray], np.ndarray]
Job = TypeVar("Job")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Compiled:
    """A network ready to run; ``worker`` makes an ``Infer`` for one thread.

    It takes ``batch`` items at once, where it is not made for a fixed number of them.
    """

    name: str
    cores: int
    worker: Callable[[], Infer]
    batch: int = 1

    def side_by_side(
        self, run: Callable[[Infer, Job], Result], jobs: Iterable[Job], threads: int
    ) -> Iterator[Result]:
        """Run jobs in several threads, each with its own ``Infer``; yield results in order."""
        infer = self.shared()
        return ahead.side_by_side(room.shared()(lambda job: run(infer, job)), jobs, threads)

    def shared(self) -> Infer:
        """Make one ``Infer`` that any thread may call: each has its own behind it."""
        local = threading.local()

        def infer(inputs: np.ndarray) -> np.ndarray:
            if not hasattr(local, "infer"):
                local.infer = self.worker()
            return local.infer(inputs)

        return infer


def planned() -> str:
    """Name the engine that will run, with its version; the name is part of the cache's key."""
    return devices.named("openvino")


def compile(
    network: Any, batch: tuple[int | None, ...], dtype: str, cast_to: str, threads: int | None
) -> Compiled:
    """Compile a Keras network in inference mode; Keras runs what OpenVINO cannot convert.

    ``batch`` is the shape of a batch, None for a length that varies; ``dtype`` its type, and
    ``cast_to`` what the network reads. ``threads`` cores, all by default, change no number.
    """
    import tensorflow as tf

    traced = tf.function(lambda x: network(tf.cast(x, cast_to), training=False), autograph=False)
    return compile_function(traced.get_concrete_function(tf.TensorSpec(batch, dtype)), threads)


def compile_function(function: Any, threads: int | None, library: str = "keras") -> Compiled:
    """Compile a traced function of one tensor; ``library`` runs what OpenVINO cannot convert."""
    import tensorflow as tf

    cores = threads or cost.usable_cores()
    try:
        return Compiled(planned(), cores, _openvino(_converted(function), cores))
    except UserError:
        raise
    except Exception as error:  # the converter raises whatever its front end does
        progress.say(f"OpenVINO: {type(error).__name__}; {library} runs the network")
        name = f"{library} {version(library)} float32"
        return Compiled(name, cores, lambda: lambda x: function(tf.constant(x)).numpy())


def compile_graph(graph: Any, threads: int | None = None) -> Compiled:
    """Compile a graph that OpenVINO has read from a file; of its outputs the first is given."""
    cores = threads or cost.usable_cores()
    return Compiled(planned(), cores, _openvino(graph, cores))


def _converted(function: Any) -> Any:
    """Convert a traced function.

    OpenVINO 2026.4 asks for TensorFlow's version by ``exec("del tensorflow")``, which has been an
    error in a function since Python 3.13 (PEP 667): it is given the version instead.
    """
    import openvino
    from openvino.frontend.tensorflow import utils

    found = {"tensorflow": version("tensorflow")}
    with patch.object(utils, "get_environment_setup", lambda framework: found):
        graph = openvino.convert_model(function)
    named = {name: each for each in graph.outputs for name in each.names}
    output = named.get(function.outputs[0].name, graph.output(0))  # nodes that lead nowhere are too
    return openvino.Model([output.get_node().input_value(0)], graph.get_parameters())


def _openvino(graph: Any, cores: int) -> Callable[[], Infer]:
    import openvino

    settings = {
        "INFERENCE_PRECISION_HINT": HINTS[devices.precision()],  # else what the processor has
        "ENABLE_CPU_PINNING": "NO",  # a stream would wait for its core while another is free
        "NUM_STREAMS": str(cores),
        "INFERENCE_NUM_THREADS": str(cores),
    }
    core = openvino.Core()
    if devices.precision() != devices.EXACT and "BF16" not in core.get_property("CPU", CAPABLE):
        raise UserError(f"precision: this processor has no {devices.LOWER}: take {devices.EXACT}")
    compiled = core.compile_model(graph, "CPU", settings)

    def worker() -> Infer:
        request = compiled.create_infer_request()

        def infer(inputs: np.ndarray) -> np.ndarray:
            request.infer({0: inputs}, share_inputs=True)
            return request.get_output_tensor(0).data

        return infer

    return worker
