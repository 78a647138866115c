"""Networks of Keras made ready to run, by the engine that a study or the machine chooses."""

from typing import Any

from helpers.models.inference import batches, devices, openvino, tensorflow
from helpers.models.inference.openvino import Compiled

MODULES = tuple(each.__name__ for each in (batches, devices, openvino, tensorflow))


def planned(kind: str = "keras") -> str:
    """Name what will run a kind of network; the name is part of the cache's key."""
    chosen = devices.engine(kind)
    return openvino.planned() if chosen == "openvino" else devices.named(chosen)


def compile(
    network: Any, batch: tuple[int | None, ...], dtype: str, cast_to: str, threads: int | None
) -> Compiled:
    """Make a Keras network ready to run; see ``openvino.compile``."""
    if devices.engine("keras") == "tensorflow":
        return tensorflow.compile(network, batch[1:], dtype, cast_to)
    return openvino.compile(network, batch, dtype, cast_to, threads)
