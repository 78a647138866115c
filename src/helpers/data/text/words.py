"""Words of a text in any script, and the terms by which a text is counted or compared."""

import re
from collections.abc import Iterator

import regex

from helpers.core.scripts import UNSPACED

LONGEST = 4  # characters of the runs that stand for words in scripts that do not part them
_LETTER = r"[\p{L}\p{N}\p{M}_]"
_JOIN = r"[\p{Cf}--\u200b]*"  # joiners, soft hyphens and marks of direction part no word
_RUN, _WORD = rf"[{UNSPACED}&&{_LETTER}]", rf"[{_LETTER}--{UNSPACED}]"
# emoji and other symbols beyond ASCII, and signs that stand alone, such as :)
_SYMBOL = r"(?=[\p{So}\p{Sc}\p{Sm}--[\x00-\x7f]])\X"
_SIGNS = r"(?<!\S)(?!(?P<one>.)(?P=one)*(?!\S))[^_\s\p{L}\p{N}\p{M}\p{C}]{2,}(?!\S)"
_TOKEN = regex.compile(
    rf"(?V1)(?P<run>{_RUN}(?:{_JOIN}{_RUN})*)|(?P<word>{_WORD}(?:{_JOIN}{_WORD})*)"
    rf"|(?P<sign>{_SYMBOL}|{_SIGNS})"
)
_ASCII = re.compile(r"(?P<word>\w+)|(?P<sign>(?<!\S)(?!(.)\3*(?!\S))[!-/:-@\[-^`{-~]{2,}(?!\S))")
_FORMAT = regex.compile(r"(?V1)[\p{Cf}\ufe0e\ufe0f--\u200d]|(?<!\p{So}\p{M}*)\u200d")
TAG = re.compile(r"(?i)</?[a-z][a-z\d]*(?:\s[^<>]*)?/?>")
MARKUP = re.compile(rf"{TAG.pattern}|&(?:#\d+|#x[\da-f]+|[a-z]{{2,8}}\d*);")  # of HTML
_CHARACTER = regex.compile(r"\X")


def words_of(text: str) -> list[str]:
    """Return the words of a text, in lower case; where a script parts none, its characters."""
    return [part for kind, part in parts_of(text) if kind != "sign"]


def parts_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield words and symbols, and characters where a script parts no words, with their kinds."""
    for kind, token in _tokens(text):
        parts = _CHARACTER.findall(token) if kind == "run" else [token]
        yield from ((kind, part) for part in parts)


def terms_of(text: str, most: int = 1, kind: str = "by-script") -> list[str]:
    """Return the terms of a text, in lower case: runs of up to ``most`` words, symbols.

    Chinese, Japanese or Thai put no blanks between words, and Korean adds endings to them: there,
    runs of up to ``LONGEST`` characters are terms. Of the kind ``words`` terms are words there too,
    as ICU's dictionaries part them; of the kind ``characters`` they are such runs everywhere.
    """
    terms: list[str] = []
    words: list[list[str]] = [[]]
    for part, token in _tokens(text):
        by_words = kind == "words" or (kind == "by-script" and part == "word")
        is_korean = kind == "by-script" and "\uac00" <= token[0] <= "\ud7a3"
        if part != "sign" and (not by_words or is_korean):
            runs = _runs(_CHARACTER.findall(token), LONGEST, "")
            terms += [run for run in runs if run != token] if by_words else runs
        if part == "word" and by_words:
            words[-1].append(token)
        elif part == "run" and by_words:
            words[-1] += _parted(token)
        elif part != "sign":
            words.append([])
        else:
            terms.append(token)
    return terms + [term for each in words for term in _runs(each, most, " ")]


def _parted(run: str) -> list[str]:
    """Part a run of a script without blanks into words."""
    from icu4py.breakers import WordBreaker

    return list(WordBreaker(run, "und"))


def _runs(parts: list[str], most: int, blank: str) -> list[str]:
    several = (
        blank.join(parts[start : start + length])
        for length in range(2, most + 1)
        for start in range(len(parts) - length + 1)
    )
    return [*parts, *several]


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for match in (_ASCII if text.isascii() else _TOKEN).finditer(text.casefold()):
        if token := match[0] if match[0].isascii() else _FORMAT.sub("", match[0]):
            yield match.lastgroup or "", token
