"""What texts suffer outside a test set: odd casing, slips of the finger, lost characters.

Each takes a text, a severity (the share of letters concerned, 0 to 1) and a generator.
"""

import numpy as np

NEIGHBOURS = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok",
    "o": "ipl", "p": "ol", "a": "qsz", "s": "awdx", "d": "sefc", "f": "drgv", "g": "fthb",
    "h": "gyjn", "j": "hukm", "k": "jil", "l": "kop", "z": "asx", "x": "zsdc", "c": "xdfv",
    "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip
"""Keys side by side on a QWERTY keyboard."""


def casing(text: str, severity: float, generator: np.random.Generator) -> str:
    """Turn the case of some letters."""
    letters = list(text)
    for at in _chosen(letters, severity, generator):
        letters[at] = letters[at].swapcase()
    return "".join(letters)


def typos(text: str, severity: float, generator: np.random.Generator) -> str:
    """Hit a key beside the right one, in place of some letters; swap those without a neighbour.

    A letter is swapped with the one after it in its word, the last with the one before.
    """
    letters = list(text)
    for at in _chosen(letters, severity, generator):
        near = NEIGHBOURS.get(letters[at].lower())
        if near is None:
            other = at + 1 if "".join(letters[at + 1 : at + 2]).isalpha() else max(at - 1, 0)
            if letters[other].isalpha():
                letters[at], letters[other] = letters[other], letters[at]
        else:
            key = near[int(generator.integers(len(near)))]
            letters[at] = key.upper() if letters[at].isupper() else key
    return "".join(letters)


def dropped(text: str, severity: float, generator: np.random.Generator) -> str:
    """Lose some letters; the first stays where nothing would be left to read."""
    letters = list(text)
    for at in _chosen(letters, severity, generator):
        letters[at] = ""
    left = "".join(letters)
    return left if left.strip() else text.strip()[:1]


def _chosen(letters: list[str], severity: float, generator: np.random.Generator) -> np.ndarray:
    """Choose the places of letters, each with the same chance."""
    places = np.array([at for at, each in enumerate(letters) if each.isalpha()], int)
    return places[generator.random(len(places)) < severity]
