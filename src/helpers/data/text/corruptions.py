"""Corruptions of texts outside a test set: odd casing, typos, lost letters.

Each takes a text, a severity (the share of letters concerned, 0 to 1) and a generator.
"""

import numpy as np

NEIGHBOURS = {  # keys next to each other on a QWERTY keyboard
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok",
    "o": "ipl", "p": "ol", "a": "qsz", "s": "awdx", "d": "sefc", "f": "drgv", "g": "fthb",
    "h": "gyjn", "j": "hukm", "k": "jil", "l": "kop", "z": "asx", "x": "zsdc", "c": "xdfv",
    "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip


def casing(text: str, severity: float, generator: np.random.Generator) -> str:
    """Turn the case of some letters."""
    letters = list(text)
    for position in _chosen(letters, severity, generator):
        letters[position] = letters[position].swapcase()
    return "".join(letters)


def typos(text: str, severity: float, generator: np.random.Generator) -> str:
    """Replace letters by a neighbouring key; swap those without one with the next of the word."""
    letters = list(text)
    for position in _chosen(letters, severity, generator):
        letter = letters[position]
        keys = NEIGHBOURS.get(letter.lower())
        if keys is None:
            is_last = not "".join(letters[position + 1 : position + 2]).isalpha()
            other = max(position - 1, 0) if is_last else position + 1
            if letters[other].isalpha():
                letters[position], letters[other] = letters[other], letter
        else:
            key = keys[int(generator.integers(len(keys)))]
            letters[position] = key.upper() if letter.isupper() else key
    return "".join(letters)


def dropped(text: str, severity: float, generator: np.random.Generator) -> str:
    """Lose some letters; the first stays where nothing would be left to read."""
    letters = list(text)
    for position in _chosen(letters, severity, generator):
        letters[position] = ""
    left = "".join(letters)
    return left if left.strip() else text.strip()[:1]


def _chosen(letters: list[str], severity: float, generator: np.random.Generator) -> np.ndarray:
    positions = np.flatnonzero([letter.isalpha() for letter in letters])
    return positions[generator.random(len(positions)) < severity]


# each by the name that ``robustness.noises`` of a study uses
CORRUPTIONS = {"casing": casing, "typos": typos, "dropped": dropped}
