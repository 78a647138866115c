"""One pass over the texts: each is decoded once, and what the checks need is kept."""

import hashlib
import html
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from helpers.data import minhash, near_duplicates
from helpers.data.items import Items
from helpers.data.surveys.base import Survey, columns, facts_of_each
from helpers.data.text import language_detection
from helpers.data.text.words import MARKUP, TAG, parts_of, words_of


@dataclass(frozen=True)
class TextSurvey(Survey):
    """Facts about N texts; the digest is of every character, since a model may read each."""

    spelling: np.ndarray  # SHA-256 of the characters, whatever their case, spacing, escape: str [N]
    words: np.ndarray  # how many words: int [N]
    language: np.ndarray  # the likely language, or the script, or an empty text: str [N]
    garbled: np.ndarray  # whether it looks decoded by a wrong encoding: bool [N]
    short: np.ndarray  # whether it is too short to be told from one with an edit: bool [N]
    markup: np.ndarray  # an entity or a tag of HTML in it, or an empty text: str [N]
    alike: np.ndarray  # families of texts that share words, or most runs of words: int [N]

    @property
    def languages(self) -> dict[str, int]:
        """Count the texts of each language or script that can be told."""
        return dict(Counter(filter(None, self.language.tolist())).most_common())

    VAGUE = f"have fewer than {minhash.EDIT} characters (half as many where no blanks part words)"

    @property
    def vague(self) -> np.ndarray:
        """Texts that are compared word for word only: bool [N]."""
        return self.short

    @cached_property
    def exact(self) -> np.ndarray:
        """The family of texts equal but for case and spacing that each belongs to: int [N]."""
        return near_duplicates.families(self.spelling)

    def near_pairs(self) -> np.ndarray:
        """Return each text with the first of its family: int [pairs, 2]."""
        _, first, family = np.unique(self.alike, return_index=True, return_inverse=True)
        return np.stack([first[family], np.arange(len(family))], axis=1)


UNREADABLE = dict(digest="", spelling="", words=0, language="", garbled=False)
UNREADABLE |= dict(short=False, markup="", tokens=[])


def survey(items: Items) -> TextSurvey:
    """Decode every text once."""
    rows = facts_of_each(items, lambda i: _facts(items.read(i)), UNREADABLE, "reading texts", 1)
    pairs = minhash.near_pairs([row.pop("tokens") for row in rows])
    return TextSurvey(**columns(rows), alike=near_duplicates.connected_groups(len(rows), pairs))


def _facts(text: str) -> dict[str, Any]:
    found, plain = MARKUP.search(text), html.unescape(text)
    parts = [*parts_of(text)]
    words = [part for kind, part in parts if kind != "sign"]
    bare = words_of(TAG.sub(" ", plain)) if found else []
    return {
        "digest": _hash(text),
        "spelling": _hash(" ".join(plain.casefold().split())),
        "words": len(words),
        "language": language_detection.guess(text, words),
        "garbled": language_detection.garbled(text),
        "short": minhash.is_short(words),
        "markup": found[0] if found else "",
        # a short text is compared with its signs: what differs in :3 and &lt;3 is no copy
        "tokens": (words if minhash.is_short(bare) else bare) or [part for _, part in parts],
    }


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
