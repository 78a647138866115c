"""Texts through a frozen network: sorted by length, padded to steps, always the same numbers.

A text is padded to a multiple of ``STEP`` tokens that depends on its length alone, and runs in a
batch of ``ROWS`` texts of that length; missing rows are filled up. Every matrix product has the
same shape whatever else is in the batch, so no other text can change a text's output.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.core import progress
from helpers.core.scripts import UNSPACED
from helpers.models.card import Positions, Read
from helpers.models.inference import engines, openvino

# Texts to their tokens, int32 [T] each, none of them 0; and how many texts were truncated.
Tokenise = Callable[[list[str]], tuple[list[np.ndarray], int]]
# Takes a batch's positions, its outputs and the lengths of its texts.
Collect = Callable[[np.ndarray, np.ndarray, list[int]], None]

STEP = 8  # difference between successive padded lengths, in tokens
# a character is a word where a script parts none
WORDS = re.compile(rf"{UNSPACED}|(?:(?!{UNSPACED})\w)+|[^\w\s]")
ROWS = 8  # texts in a batch
TOKENISED = 1024  # texts that are tokenised at once


@dataclass
class TextEngine:
    """A network ready to run: int32 [ROWS, T] -> float32 [ROWS, dimension] or [ROWS, T, dimension].

    ``tokenise`` truncates texts to what the network reads; ``truncated`` counts those, of ``seen``.
    """

    name: str
    compiled: openvino.Compiled
    dimension: int
    tokenise: Tokenise
    truncated: int = 0
    seen: int = 0
    words: int = 0  # of the texts that were not truncated, and their tokens
    pieces: int = 0

    def run(self, read: Read, positions: Positions, what: str = "texts") -> np.ndarray:
        """Read, tokenise and infer: float32 [N, dimension]."""
        outputs = np.empty((len(positions), self.dimension), np.float32)

        def collect(batch: np.ndarray, values: np.ndarray, _: list[int]) -> None:
            outputs[batch] = values[: len(batch)]

        self._run(read, positions, what, collect)
        return outputs

    def run_all(
        self, read: Read, positions: Positions, what: str, size: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the output for each token, float32 [N, size, dimension], and a mask [N, size]."""
        outputs = np.zeros((len(positions), size, self.dimension), np.float32)
        mask = np.zeros((len(positions), size), np.float32)

        def collect(batch: np.ndarray, values: np.ndarray, lengths: list[int]) -> None:
            for row, position in enumerate(batch):
                outputs[position, : lengths[row]] = values[row, : lengths[row]]
                mask[position, : lengths[row]] = 1

        self._run(read, positions, what, collect)
        return outputs, mask

    def facts(self) -> dict[str, Any]:
        """Say how many texts were cut, and into how many tokens a word is broken on average."""
        cut = f"{self.truncated:,} of {self.seen:,} texts were longer, and cut"
        return {"cut": cut, "pieces": round(self.pieces / max(self.words, 1), 2)}

    def _run(self, read: Read, positions: Positions, what: str, collect: Collect) -> None:
        tokens = self._tokens([read(int(position)) for position in positions])
        lengths, rows = list(map(len, tokens)), max(ROWS, self.compiled.batch)

        def run_one(infer: openvino.Infer, batch: np.ndarray) -> int:
            values = infer(pad([tokens[row] for row in batch], rows))
            collect(batch, values, [lengths[row] for row in batch])
            return len(batch)

        jobs = batches(lengths, rows)
        counts = self.compiled.side_by_side(run_one, jobs, self.compiled.cores)
        done = (row for count in counts for row in range(count))
        for _ in progress.track(done, what, len(tokens)):
            pass

    def _tokens(self, texts: list[str]) -> list[np.ndarray]:
        tokens: list[np.ndarray] = []
        for start in range(0, len(texts), TOKENISED):
            several, truncated = self.tokenise(texts[start : start + TOKENISED])
            tokens += several
            self.truncated += truncated
        self.seen += len(texts)
        longest = max(map(len, tokens), default=0) if self.truncated else np.inf
        for text, each in zip(texts, tokens, strict=True):
            if len(each) < longest:
                self.words += len(WORDS.findall(text))
                self.pieces += len(each)
        return tokens


def batches(lengths: Sequence[int], most: int = ROWS) -> list[np.ndarray]:
    """Group positions by padded length, the longest first: int [at most ``most``] each."""
    steps = padded_length(np.asarray(lengths, int))
    grouped = []
    for length in np.unique(steps)[::-1]:
        rows = np.flatnonzero(steps == length)
        grouped += [rows[start : start + most] for start in range(0, len(rows), most)]
    return grouped


def padded_length(length: np.ndarray) -> np.ndarray:
    """Return the next multiple of ``STEP``."""
    return -(-np.maximum(length, 1) // STEP) * STEP


def pad(tokens: Sequence[np.ndarray], rows: int, length: int | None = None) -> np.ndarray:
    """Pad tokens with zeros to rows of one length; missing rows repeat the first."""
    length = length or int(padded_length(np.array(max(map(len, tokens)))))
    padded = np.zeros((rows, length), np.int32)
    for row in range(rows):
        source = tokens[row] if row < len(tokens) else tokens[0]
        padded[row, : len(source)] = source
    return padded


def planned(kind: str = "keras") -> str:
    """Name the engine that will run a kind of network; the name is part of the cache's key."""
    return _named(engines.planned(kind))


def compile(network: Any, tokenise: Tokenise, threads: int | None = None) -> TextEngine:
    """Make a Keras network ready to run: tokens int32 [B, T], 0 for none -> [B, D] or [B, T, D]."""
    compiled = engines.compile(network, (ROWS, None), "int32", "int32", threads)
    return TextEngine(_named(compiled.name), compiled, network.output_shape[-1], tokenise)


def _named(engine: str) -> str:
    return f"{engine}, {ROWS} texts in steps of {STEP} tokens"
