"""The language of transcripts: by any name or code, or found out where none is given."""

import re
from collections import Counter
from functools import cache

import pandas as pd

from helpers.data.text import language_detection

LOOKED = 200  # transcripts from which a language is found out
MIXED = 0.05  # share of them in another language from which it is not
TURKISH, AZERBAIJANI = set("\u0131\u0130\u011f"), set("\u0259\u018f")  # letters of few others


@cache
def code(name: str) -> str:
    """Return the code of two letters, where there is one, of en, EN, eng, en-US and English."""
    from babel.core import get_global

    names, text = _names(), name.strip().lower()
    first = re.split(r"\W|_", text)[0]
    short = get_global("language_aliases").get(first, first)
    if short in names.values() and " " not in text:
        return short  # ga is Irish, though there is a language called Ga
    return names.get(text) or names.get(first, short)


def is_known(name: str) -> bool:
    """Tell whether a language's name or code is one."""
    return code(name) in _names().values()


def name(language: str) -> str:
    """Return what a language is called in English, with its country or code where given."""
    from babel.core import Locale

    short = code(language)
    called = Locale.parse("en").languages.get(short, "")
    return (
        f"{called} ({language})"
        if called and language not in (short, called)
        else called or language
    )


def variety(language: str) -> str:
    """Spell a language in one way, with its country if one is given: EN is en, en_us is en-US."""
    place = re.fullmatch(r"\s*[A-Za-z]{2,3}[-_]([A-Za-z]{2}|[0-9]{3})\s*", language)
    return f"{code(language)}-{place[1].upper()}" if place else code(language)


@cache
def _names() -> dict[str, str]:
    from babel import Locale

    languages = Locale.parse("en").languages
    unspoken = ("und", "mul", "mis", "zxx")  # undetermined, several, uncoded, none
    names = {name.lower(): each for each, name in languages.items() if "_" not in each}
    return {name: each for name, each in names.items() if each not in unspoken}


def completed(frame: pd.DataFrame) -> tuple[pd.Series, str]:
    """Return the language of each row, empty where unknown, and what was found out, in words.

    It is for normalisation alone: a recogniser is not told what the references gave away.
    """
    blank = pd.Series("", frame.index, dtype=object)
    given = frame["language"].fillna("").astype(str) if "language" in frame.columns else blank
    missing = (given.str.strip() == "") & (frame["reference"].fillna("") != "")
    if not missing.any():
        return given, ""
    found = _found(frame.loc[missing, "reference"])
    known = set(given[given.str.strip() != ""].map(code))
    if not found and len(known) == 1:  # the others have no words to tell
        [found] = known
    note = f"{missing.sum()} transcripts name no language: normalised as {found}" if found else ""
    return given.mask(missing, found), note


def unknown(languages: pd.Series, references: pd.Series) -> int:
    """Count the transcripts in Latin letters whose language is not known."""
    nameless = references[~languages.astype(str).map(is_known)]
    return int((nameless.map(language_detection.script_of) == "LATIN").sum())


def _found(references: pd.Series) -> str:
    """Find out the one language of transcripts; empty where it is unclear, or they are mixed."""
    texts = references.iloc[:: max(1, len(references) // LOOKED)].str.lower().tolist()
    words = [re.findall(r"\w+", text) for text in texts]
    every = [word for each in words for word in each]
    found = language_detection.guess(" ".join(texts), every)
    single = Counter(map(language_detection.guess, texts, words))
    others = sum(count for name, count in single.items() if name not in (found, ""))
    if found and is_known(found):
        return code(found) if others <= MIXED * len(texts) else ""
    letters = [set(text) for text in references]
    if sum(map(bool, map(TURKISH.intersection, letters))) > len(letters) / 4 and not others:
        return "az" if any(map(AZERBAIJANI.intersection, letters)) else "tr"
    return ""


def script(text: str) -> str:
    """Name the script of most letters; Chinese and Japanese share one."""
    name = language_detection.script_of(text)
    return "CJK" if name == "JAPANESE" else name
