"""What runs networks, where and in which precision: what the study says, or what the machine has.

A stage is one process with one choice. ``auto`` takes TensorFlow for networks of Keras and PyTorch
for its own on a GPU that they reach, and without one OpenVINO and PyTorch on the processor.
"""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

from helpers.core import cost
from helpers.core.errors import UserError

RUNS = {"keras": ("openvino", "tensorflow"), "torch": ("torch",), "onnx": ("openvino",)}
CPU, EXACT, LOWER = "CPU", "float32", "bf16"
ASK = ["nvidia-smi", "--query-gpu=name,memory.free", "--format=csv,noheader,nounits"]


@dataclass(frozen=True)
class Device:
    """Where a network runs; ``free`` gives its free memory in bytes."""

    name: str = CPU
    free: Callable[[], float] = cost.free_memory

    @property
    def is_gpu(self) -> bool:
        """Tell whether it is not the processor."""
        return self.name != CPU


_choice = {"engine": "auto", "precision": EXACT}


def use(engine: str = "auto", precision: str = EXACT) -> None:
    """Choose for this process, as a study says."""
    _choice.update(engine=engine, precision=precision)


def chosen() -> dict[str, str]:
    """Return the choice, for ``use`` in another process."""
    return dict(_choice)


@contextmanager
def exactly() -> Iterator[None]:
    """Run networks that are compiled here in single precision, whatever the study says."""
    before = _choice["precision"]
    try:
        _choice["precision"] = EXACT
        yield
    finally:
        _choice["precision"] = before


def precision() -> str:
    """Return the precision that networks run in."""
    return _choice["precision"]


def engine(kind: str) -> str:
    """Return what runs a kind of network; raises UserError for an engine that cannot."""
    wanted, able = _choice["engine"], RUNS[kind]
    if wanted not in ("auto", *able):
        raise UserError(f"engine: {wanted}: {kind} networks run by {' or '.join(able)}, or auto")
    if wanted != "auto":
        return wanted
    return next((each for each in able if on(each).is_gpu), able[0])


def on(library: str) -> Device:
    """Return where an engine runs: on the first GPU, if its library reaches it."""
    found = _gpu()
    return found if found and _reaches(library) else Device()


def named(library: str) -> str:
    """Name an engine with its version, precision and device; the name is part of cache keys."""
    device = on(library)
    where = f" on {device.name}" if device.is_gpu else ""
    return f"{library} {version(library)} {precision()}{where}"


def of(name: str | None) -> str:
    """Return the device that the name of an engine tells."""
    return (name or "").partition(",")[0].partition(" on ")[2] or CPU


@cache
def _gpu() -> Device | None:
    """Ask the driver, which costs nothing where there is none; libraries take seconds to load."""
    try:
        said = subprocess.run(ASK, capture_output=True, text=True, timeout=30, check=True).stdout
        name, _, _ = said.splitlines()[0].rpartition(",")
    except (OSError, subprocess.SubprocessError, IndexError):
        return None
    return Device(name.replace(",", "").strip() or "GPU", _free)


def _free() -> float:
    said = subprocess.run(ASK, capture_output=True, text=True, timeout=30).stdout
    amount = said.splitlines()[0].rpartition(",")[2].strip()
    return float(amount) * 2**20 if amount.isdigit() else 4e9  # of a part of a GPU: not told


@cache
def _reaches(library: str) -> bool:
    if library == "torch":
        import torch

        return bool(torch.cuda.is_available())
    if library != "tensorflow":
        return False
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)  # leave the rest to other stages
    return bool(gpus)
