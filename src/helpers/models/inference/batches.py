"""Batches that a device's memory holds: found from what is free, and halved where that erred."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log2, prod
from typing import Any

import numpy as np

from helpers.core import progress
from helpers.core.errors import UserError
from helpers.models.inference.devices import Device

MOST, SHARE, LONGEST = 256, 0.5, 128  # items; of the free memory; tokens where no length is fixed
FULL = ("ResourceExhaustedError", "OutOfMemoryError", "MemoryError")  # TensorFlow, PyTorch, NumPy


def size(network: Any, device: Device) -> int:
    """Return how many items a Keras network takes at once: what half of the free memory holds."""
    shapes = [layer.output.shape[1:] for layer in network._flatten_layers() if _has_one(layer)]
    needed = 4 * sum(prod(side or LONGEST for side in shape) for shape in shapes)
    fitting = SHARE * device.free() / max(needed, 1)
    return int(2 ** int(log2(min(max(fitting, 1), MOST))))


def _has_one(layer: Any) -> bool:
    return bool(layer._inbound_nodes) and hasattr(layer.output, "shape")


def is_full(error: BaseException) -> bool:
    """Tell whether a device's memory was too small."""
    return any(kind.__name__ in FULL for kind in type(error).__mro__)


@dataclass
class Halving:
    """Runs batches [B, ...] in parts of at most ``most``, half as many where memory is too small.

    It raises a UserError where not even one item fits.
    """

    infer: Callable[[np.ndarray], np.ndarray]
    most: int
    where: str

    def __call__(self, inputs: np.ndarray) -> np.ndarray:
        """Return the outputs [B, ...]."""
        return np.concatenate([*self._parts(inputs)])

    def _parts(self, inputs: np.ndarray) -> Iterator[np.ndarray]:
        at = 0
        while at < len(inputs):
            part = inputs[at : at + self.most]
            try:
                yield np.asarray(self.infer(part))
            except Exception as error:
                if not is_full(error):
                    raise
                self.most = halved(len(part), self.where)
            else:
                at += len(part)


def halved(batch: int, where: str) -> int:
    """Return half of a batch that did not fit, and tell it; raises UserError at one item."""
    if batch <= 1:
        raise UserError(f"{where}: its memory does not hold one item: take a smaller model or size")
    progress.tell(f"{where}: out of memory with {batch} items at once: goes on with {batch // 2}")
    return batch // 2
