"""Transcripts made comparable, in three ways, because the choice moves the error rate.

Sounds in brackets and characters that cannot be seen are no words in any of them. ``raw`` compares
what was written, capitals and commas included. ``plain`` lowers case, by the language, and drops
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

from helpers.data.speech import annotations, languages

DOTLESS = ("tr", "az", "crh", "gag")  # languages whose I is not the capital of i
QUOTES = "\u2018\u2019\u201b\u02b9\u02bb\u02bc\u2032\u00b4`\u055a\u05f3\ua78c\uff07"
APOSTROPHES = str.maketrans(dict.fromkeys(QUOTES, "'"))
UNCLOSED = str.maketrans(dict.fromkeys("<>[]", " "))  # Whisper's rules would drop what is between
# letters of another width, ligatures, and Arabic letters by their place in a word
FORMS = re.compile("[\u00b5\u0132\u0133\u01c4-\u01cc\ufb00-\ufdff\ufe70-\ufefc\uff01-\uffef]+")
# letters without a vowel in Malayalam, which older texts write as three signs, the last unseen
CHILLU = {0x0D7A + n: f"{letter}\u0d4d" for n, letter in enumerate("ണനരലളക")}
INVISIBLE = re.compile(
    "[\u20e3\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)  # besides Cf
TATWEEL = "\u0640"  # draws an Arabic word out
# Persian yeh and kaf as the Arabic ones, Romanian commas below as cedillas; digits of all scripts
ALIKE = (
    str.maketrans("\u06cc\u06a9\u0218\u0219\u021a\u021b", "\u064a\u0643\u015e\u015f\u0162\u0163")
    | CHILLU
)
SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")  # Thai, in two signs around a tone
LAO_AM = re.compile("\u0ecd([\u0ec8-\u0ecb]?)\u0eb2")


def raw(text: str, language: str = "") -> str:
    """Keep a transcript as it is written, except for white space and sounds in brackets."""
    seen = INVISIBLE.sub("", annotations.HEARD.sub(" ", text))
    seen = "".join(c for c in seen if unicodedata.category(c) != "Cf")
    return " ".join(unicodedata.normalize("NFC", seen).split())


def plain(text: str, language: str = "") -> str:
    """Lower case, no punctuation or symbols; apostrophes stay inside words, all letters too."""
    text = _lowered(text, language)
    heard = (c if c == "'" or unicodedata.category(c)[0] in "LMN" else " " for c in text)
    return " ".join(re.sub(r"(?<!\w)'|'(?!\w)", " ", "".join(heard)).split())


def whisper(text: str, language: str = "") -> str:
    """Normalise as Whisper's authors do, in English or not; lone full stops are dropped."""
    rules, text = _whisper(is_english(language)), _lowered(text, language)
    words = rules(text.translate(UNCLOSED)).split()
    return " ".join(word for word in words if any(each.isalnum() for each in word))


def _lowered(text: str, language: str) -> str:
    """Lower case by the rules of a language; one form of each letter and of the apostrophe."""
    text = FORMS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    text = raw(text.translate(APOSTROPHES)).replace(TATWEEL, "")
    if languages.code(language) in DOTLESS:
        text = text.replace("I", "\u0131")
    text = unicodedata.normalize("NFC", text.lower().replace("i\u0307", "i"))
    text = LAO_AM.sub("\\1\u0eb3", SARA_AM.sub("\\1\u0e33", text))
    text = text if languages.code(language) == "ps" else text.translate(ALIKE)  # Pashto has both
    return re.sub(r"\d", lambda found: str(unicodedata.decimal(found[0])), text)


# each turns a transcript and its language into what is compared, words separated by a space
NORMALISATIONS: dict[str, Callable[[str, str], str]]
NORMALISATIONS = {"raw": raw, "plain": plain, "whisper": whisper}


def is_english(language: str) -> bool:
    """Tell whether a language's name or code is English's."""
    return languages.code(language) == "en"


def normalised(texts: Sequence[str], spoken: Sequence[str] | str, how: str) -> list[str]:
    """Normalise transcripts, each by the rules of the language spoken."""
    named = [spoken] * len(texts) if isinstance(spoken, str) else spoken
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
