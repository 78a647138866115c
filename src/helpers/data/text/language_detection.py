"""A light guess at a text's language: its script, and for Latin letters its stop words."""

import re
import unicodedata
from collections import Counter

STOP_WORDS = {
    "English": "the of and to in is that it was for on with as be at by this not are from but have "
    "a an do no so me you he we or if my all they what who more",
    "German": "der die und das ist nicht ein eine zu den mit sich des auf für im dem auch es wie",
    "French": "le la les des et est une un du que dans pour pas qui sur avec au ce il elle nous",
    "Spanish": "el la los las de que y en un una por con no para se es del al lo como más",
    "Italian": "il la di che e un una per non con è le gli del della si da sono come anche ma",
    "Portuguese": "o a os as de que e do da em um uma para com não por mais como mas foi ao",
    "Dutch": "de het een en van is dat niet op te in met voor zijn er aan ook als bij maar",
    # only to tell it from Spanish: short Spanish texts look like it
    "Catalan": "el la els les de que un una en per amb no és del al com més però",
    "Danish": "det er en og jeg den ikke at på som til af med for de et har",
    "Norwegian": "det er en og jeg den ikke at på som til av med for de et har",
    "Swedish": "det är en och jag den inte att på som till av för med de har ett",
}
# letters beside a to z; a text with others of its own is in another language
_LETTERS = {
    "English": "",
    "German": "äöüß",
    "French": "àâæçéèêëîïôœùûüÿ",
    "Spanish": "áéíñóúü",
    "Italian": "àèéìíîòóùú",
    "Portuguese": "áâãàçéêíóôõúü",
    "Dutch": "áéèëïíóöü",
    "Danish": "æøåé",
    "Norwegian": "æøåéòô",
    "Swedish": "åäöé",
}
# words of the English list that other languages use as often: Polish to, Finnish on, Danish for
ANYWHERE = "a all an as at by do for have he i if in is me my no on or so to we"
_ANYWHERE = frozenset(ANYWHERE.split())
_SETS = {name: frozenset(words.split()) for name, words in STOP_WORDS.items()}
SHARE = 0.08  # smallest share of stop words that names a language
LEAST = 2  # different stop words that name a language, none English or, in English, ubiquitous
FOREIGN = (
    0.01  # share of letters that a language does not have, of two kinds, from which it is none
)
PERSIAN = re.compile("[\u0671-\u06d3]")  # letters that Arabic does not have, as Urdu and Pashto do
BEYOND = 0.03  # smallest share of them that tells another language in the script of Arabic
LOOKED = 400  # how many characters, or words, are read
# letters by the first word of their Unicode names: Japanese has letters of its own beside Chinese
_KANA = ("HIRAGANA", "KATAKANA", "HALFWIDTH", "KATAKANA-HIRAGANA")
HAN = 8  # letters of a text without them that are called Chinese
KANA = 0.05  # smallest share of these letters that names Japanese
_CALLED = {"CJK": "Chinese", "JAPANESE": "Japanese", "HANGUL": "Korean"}
CODES = dict(en="English", de="German", fr="French", es="Spanish", it="Italian", nl="Dutch")
CODES |= dict(pt="Portuguese", zh="Chinese", ja="Japanese", ko="Korean")
_GARBLED = re.compile("\ufffd|Ã[\u0080-\u00bf©¨¤¶¼]|â€[™œ\u009d“”]|Â[\u00a0-\u00bf]")


def guess(text: str, words: list[str]) -> str:
    """Name the likely language of a text in Latin letters, or its script; empty if unclear."""
    script = script_of(text[:LOOKED])
    if script == "CJK" and len(text) < HAN:
        return ""
    if script == "ARABIC" and len(PERSIAN.findall(text[:LOOKED])) > BEYOND * len(text[:LOOKED]):
        return "Perso-Arabic"
    if script != "LATIN" or len(words) < 5:
        return "" if script in ("", "LATIN") else _CALLED.get(script, script.title())
    looked = words[:LOOKED]
    shares = {name: sum(word in stop for word in looked) for name, stop in _SETS.items()}
    best = max(shares, key=lambda name: shares[name])
    used = _SETS[best].intersection(looked)
    clear = best != "Catalan" and all(used - words for name, words in _SETS.items() if name != best)
    clear = clear and len(used - (_ANYWHERE if best == "English" else _SETS["English"])) >= LEAST
    letters = [c for word in looked for c in word if c.isalpha()]
    foreign = [c for c in letters if not c.isascii() and c not in _LETTERS.get(best, "")]
    clear = clear and (len(set(foreign)) < 2 or len(foreign) < FOREIGN * len(letters))
    return best if clear and shares[best] >= SHARE * len(looked) else ""


def garbled(text: str) -> bool:
    """Tell whether a text looks as if a wrong encoding had decoded it."""
    return bool(_GARBLED.search(text))


def script_of(text: str) -> str:
    """Name the script of most letters, such as LATIN or CYRILLIC; empty where there is none."""
    if text.isascii():
        return "LATIN" if any(map(str.isalpha, text)) else ""
    names = sorted(unicodedata.name(c, "").split(" ")[0] for c in text if c.isalpha())
    if sum(name in _KANA for name in names) > KANA * len(names):
        return "JAPANESE"
    return Counter(names).most_common(1)[0][0] if names else ""
