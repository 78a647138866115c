"""Transcripts made comparable, in three ways, because the choice moves the error rate.

``raw`` compares what was written, capitals and commas included. ``plain`` lowers case and drops
punctuation; it keeps letters and their marks in every script. ``whisper`` is the normaliser that
Whisper was published with: it lowers case, drops punctuation and what stands in brackets of any
kind; on English it also writes numbers as digits, spells out contractions, drops fillers and turns
British spelling into American; on other languages it splits words at apostrophes, so that
``l'ouverture`` is two words, and loses the marks of some scripts.

What that normaliser gets wrong, each case a test: ``$20, um, twenty-five percent`` becomes
``$2025%``; ``one two three four`` becomes ``1234`` but ``1 2 3 4`` becomes ``one 2 3 4``, so digits
read one by one may count as errors; the vowel signs of Hindi and its relatives are dropped.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache

ENGLISH = ("en", "english")


def raw(text: str, language: str = "") -> str:
    """Keep a transcript as it is, except for white space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def plain(text: str, language: str = "") -> str:
    """Lower case, no punctuation or symbols; apostrophes stay inside words, all letters too."""
    text = unicodedata.normalize("NFC", text).lower().replace("’", "'")
    heard = (c if c == "'" or unicodedata.category(c)[0] in "LMN" else " " for c in text)
    return " ".join(re.sub(r"(?<!\w)'|'(?!\w)", " ", "".join(heard)).split())


def whisper(text: str, language: str = "") -> str:
    """Normalise as Whisper's authors do, in English or not; lone full stops are dropped."""
    words = _whisper(is_english(language))(text).split()
    return " ".join(word for word in words if any(each.isalnum() for each in word))


# each turns a transcript and its language into what is compared, words separated by a space
NORMALISATIONS: dict[str, Callable[[str, str], str]]
NORMALISATIONS = {"raw": raw, "plain": plain, "whisper": whisper}


def is_english(language: str) -> bool:
    """Tell whether a language's name or code is English's."""
    return re.split(r"[-_]", language.lower())[0] in ENGLISH


def normalised(texts: Sequence[str], languages: Sequence[str] | str, how: str) -> list[str]:
    """Normalise transcripts, each by the rules of its language."""
    named = [languages] * len(texts) if isinstance(languages, str) else languages
    function = NORMALISATIONS[how]
    return [function(text, language) for text, language in zip(texts, named, strict=True)]


def loses_marks(text: str) -> bool:
    """Tell whether Whisper's basic rules drop marks of this text that carry its vowels."""
    return any(unicodedata.category(c)[0] == "M" for c in unicodedata.normalize("NFC", text))


@cache
def _whisper(english: bool) -> Callable[[str], str]:
    if english:
        from whisper_normalizer.english import EnglishTextNormalizer

        return EnglishTextNormalizer()
    from whisper_normalizer.basic import BasicTextNormalizer

    return BasicTextNormalizer()
