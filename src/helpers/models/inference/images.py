"""Images through a frozen network, as fast as the processor allows and always the same numbers.

On a processor each image goes through on its own, on one core, and several do so in parallel.
Nothing that runs beside an image can change its output, whatever the number of cores. On a GPU
they go through in batches, whose size may change the last digits.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.core import ahead, cost, progress
from helpers.data import room
from helpers.data.image.resizing import resize
from helpers.models.card import Positions, Read
from helpers.models.inference import engines, openvino

AHEAD = 2  # threads per core: while one decodes its image, another keeps the core busy


@dataclass(frozen=True)
class ImageEngine:
    """A network ready to run: ``prepare`` makes its input [1, ...] -> float32 [1, *shape]."""

    compiled: openvino.Compiled
    prepare: Callable[[np.ndarray], np.ndarray]
    shape: tuple[int, ...]

    @property
    def name(self) -> str:
        """Return what runs the network."""
        return self.compiled.name

    def run(self, read: Read, positions: Positions, what: str = "images") -> np.ndarray:
        """Read images, uint8 [H, W, 3], prepare and infer: float32 [N, *shape]."""
        outputs = np.empty((len(positions), *self.shape), np.float32)
        if self.compiled.batch > 1:
            for batch, values in self._in_batches(read, positions, what):
                outputs[batch] = values
            return outputs

        def run_one(infer: openvino.Infer, row: int) -> None:
            outputs[row] = infer(self.prepare(read(int(positions[row]))))[0]

        rows, threads = range(len(positions)), AHEAD * self.compiled.cores
        done = self.compiled.side_by_side(run_one, rows, threads)
        for _ in progress.track(done, what, len(positions)):
            pass
        return outputs

    def _in_batches(
        self, read: Read, positions: Positions, what: str
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield rows and their outputs; the next batch is made while one runs."""
        infer, size = self.compiled.shared(), self.compiled.batch
        batches = np.split(np.arange(len(positions)), range(size, len(positions), size))
        with ThreadPoolExecutor(cost.usable_cores()) as pool:
            made_one = room.shared()(lambda row: self.prepare(read(int(positions[row]))))

            def made(rows: np.ndarray) -> np.ndarray:
                return np.concatenate([*pool.map(made_one, rows)])

            each = progress.track(ahead.made(made, batches), what, len(batches))
            yield from ((rows, infer(inputs)) for rows, inputs in each)


def compile(network: Any, threads: int | None = None) -> ImageEngine:
    """Make a Keras network ready to run on some cores, or all: float32 [B, S, S, 3] -> [B, ...]."""
    shape = network.input_shape[1:]
    compiled = engines.compile(network, (1, *shape), "uint8", "float32", threads)
    return ImageEngine(
        compiled, lambda image: resize(image, shape[0])[None], network.output_shape[1:]
    )
