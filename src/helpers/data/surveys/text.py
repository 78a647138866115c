"""One pass over the texts: each is decoded once, and what the checks need is kept."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from helpers.core import progress
from helpers.data import minhash, near_duplicates
from helpers.data.encoded import Unreadable
from helpers.data.items import Items
from helpers.data.surveys.base import Survey
from helpers.data.text import language_detection
from helpers.data.text.decoding import words_of


@dataclass(frozen=True)
class TextSurvey(Survey):
    """Facts about N texts; the digest is of every character, since a model may read each."""

    spelling: np.ndarray
    """SHA-256 of the characters, whatever their case and spacing, as ``digest``: str [N]."""
    words: np.ndarray
    """How many words: int [N]."""
    language: np.ndarray
    """The likely language, or the script, or an empty text: str [N]."""
    garbled: np.ndarray
    """Whether it looks decoded by a wrong encoding: bool [N]."""
    alike: np.ndarray
    """Families of texts that share their words, or most of their runs of words: int [N]."""

    @cached_property
    def exact(self) -> np.ndarray:
        """Families of texts equal but for case and spacing: int [N]."""
        return near_duplicates.families(self.spelling)

    def near_pairs(self) -> np.ndarray:
        """Return each text with the first of its family: int [pairs, 2]."""
        _, first, family = np.unique(self.alike, return_index=True, return_inverse=True)
        return np.stack([first[family], np.arange(len(family))], axis=1)


def survey(items: Items) -> TextSurvey:
    """Decode every text once."""
    total = len(items.frame)
    rows, tokens = [], []
    for index in progress.track(range(total), "reading texts"):
        row, words = _facts(items, index)
        rows.append(row)
        tokens.append(words)
    alike = near_duplicates.joined(total, minhash.near_pairs(tokens))
    return TextSurvey(*map(np.array, zip(*rows, strict=True)), alike)


def _facts(items: Items, index: int) -> tuple[tuple, list[str]]:
    """Return one text's facts, in the order of the survey's fields, and its words."""
    try:
        text = items.read(index)
    except Unreadable as problem:
        return (str(problem) or "unreadable", "", "", 0, "", False), []
    words = words_of(text)
    hashes = _hash(text), _hash(" ".join(text.casefold().split()))
    return (
        "",
        *hashes,
        len(words),
        language_detection.guess(text, words),
        language_detection.garbled(text),
    ), words


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
