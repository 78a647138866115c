"""Texts through a frozen network: sorted by length, padded to steps, always the same numbers.

A text is padded to a multiple of ``STEP`` tokens that its own length decides, and goes through in a
batch of ``ROWS`` of that length; rows that are missing are filled up. Every product has the same
shape whatever else is in the batch, so nothing beside a text can change its output.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.core import progress
from helpers.models.inference import openvino
from helpers.models.inference.openvino import Infer

STEP = 8
"""Tokens by which the padded lengths differ."""
ROWS = 8
"""Texts in a batch."""
TOKENISED = 1024
"""Texts that are cut into tokens at once."""


@dataclass
class TextEngine:
    """A network ready to run: ``worker`` makes what one thread infers with, [ROWS, T] int32.

    ``tokenise`` turns texts into token numbers, at most as many as the network reads, and says how
    many texts it had to cut; ``truncated`` counts those, of the ``seen``.
    """

    name: str
    dimension: int
    cores: int
    tokenise: Callable[[list[str]], tuple[list[np.ndarray], int]]
    worker: Callable[[], Infer]
    truncated: int = 0
    seen: int = 0

    def run(
        self, read: Callable[[int], str], positions: Sequence[int], what: str = "texts"
    ) -> np.ndarray:
        """Read, cut into tokens and infer.

        Parameters
        ----------
        read : callable
            A position to its text.
        positions : sequence of int
        what : str
            For the progress line.

        Returns
        -------
        ndarray
            float32 [N, D], in the order of the positions.
        """
        outputs = np.empty((len(positions), self.dimension), np.float32)

        def keep(batch: np.ndarray, said: np.ndarray, _: list[int]) -> None:
            outputs[batch] = said[: len(batch)]

        self._run(read, positions, what, keep)
        return outputs

    def run_all(
        self, read: Callable[[int], str], positions: Sequence[int], what: str, size: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return what the network says of every token, and which tokens are there.

        Returns
        -------
        tuple of ndarray
            float32 [N, size, D], and float32 [N, size] of ones and zeros.
        """
        outputs = np.zeros((len(positions), size, self.dimension), np.float32)
        there = np.zeros((len(positions), size), np.float32)

        def keep(batch: np.ndarray, said: np.ndarray, lengths: list[int]) -> None:
            for row, position in enumerate(batch):
                outputs[position, : lengths[row]] = said[row, : lengths[row]]
                there[position, : lengths[row]] = 1

        self._run(read, positions, what, keep)
        return outputs, there

    def _run(
        self, read: Callable[[int], str], positions: Sequence[int], what: str, keep: Callable
    ) -> None:
        """Put every text through, a batch of one length after the other, and keep what is said."""
        tokens = self._tokens([read(int(position)) for position in positions])
        lengths = [len(each) for each in tokens]

        def one(infer: Infer, batch: np.ndarray) -> int:
            said = infer(pad([tokens[row] for row in batch], ROWS))
            keep(batch, said, [lengths[row] for row in batch])
            return len(batch)

        counts = openvino.side_by_side(self.worker, one, batches(lengths), self.cores)
        done = (row for count in counts for row in range(count))
        for _ in progress.track(done, what, len(tokens)):
            pass

    def _tokens(self, texts: list[str]) -> list[np.ndarray]:
        tokens = []
        for start in range(0, len(texts), TOKENISED):
            cut, truncated = self.tokenise(texts[start : start + TOKENISED])
            tokens += cut
            self.truncated += truncated
        self.seen += len(texts)
        return tokens


def batches(lengths: Sequence[int]) -> list[np.ndarray]:
    """Put positions of the same padded length together, the longest first: int [at most ROWS]."""
    steps = padded_length(np.asarray(lengths, int))
    found = []
    for length in np.unique(steps)[::-1]:
        rows = np.flatnonzero(steps == length)
        found += [rows[start : start + ROWS] for start in range(0, len(rows), ROWS)]
    return found


def padded_length(length: np.ndarray) -> np.ndarray:
    """Return the next multiple of ``STEP``."""
    return -(-np.maximum(length, 1) // STEP) * STEP


def pad(tokens: Sequence[np.ndarray], rows: int, length: int | None = None) -> np.ndarray:
    """Lay tokens out in rows of one length, zeros behind; missing rows repeat the first."""
    length = length or int(padded_length(np.array(max(map(len, tokens)))))
    padded = np.zeros((rows, length), np.int32)
    for row in range(rows):
        each = tokens[row] if row < len(tokens) else tokens[0]
        padded[row, : len(each)] = each
    return padded


def planned() -> str:
    """Name the engine that will run; the name is part of the cache's key."""
    return _named(openvino.planned())


def compile(  # noqa: A001 (text_engine.compile)
    network: Any,
    tokenise: Callable[[list[str]], tuple[list[np.ndarray], int]],
    threads: int | None = None,
) -> TextEngine:
    """Make a Keras network ready to run.

    Parameters
    ----------
    network : keras.Model
        Tokens int32 [B, T], 0 for none -> [B, D].
    tokenise : callable
        Texts to their tokens, and how many of them were cut.
    threads : int, optional
        Cores to use, all by default. They change the speed, and no number.

    Returns
    -------
    TextEngine
        OpenVINO, or Keras itself where OpenVINO cannot convert the network.
    """
    cores = threads or len(os.sched_getaffinity(0))
    name, worker = openvino.compile(_function(network), cores)
    return TextEngine(_named(name), network.output_shape[-1], cores, tokenise, worker)


def _named(engine: str) -> str:
    return f"{engine}, {ROWS} texts in steps of {STEP} tokens"


def _function(network: Any) -> Any:
    """Trace a network in inference mode."""
    import tensorflow as tf

    run = tf.function(lambda tokens: network(tokens, training=False), autograph=False)
    return run.get_concrete_function(tf.TensorSpec((ROWS, None), tf.int32))
