"""Texts: str, with line ends and Unicode composition made alike."""

from typing import Any

from helpers.data.text import corruptions

ONE, MANY = "text", "texts"
SAME = "equal characters"
"""What exact copies have in common, but for case and spacing."""
SUFFIXES = (".txt", ".text", ".md", ".eml")
"""Files that a folder of items is made of."""
MEASURES = ("words",)
"""Facts of the survey that results may be sliced by."""
NOISES = {"casing": corruptions.casing, "typos": corruptions.typos, "dropped": corruptions.dropped}
"""Each kind of noise that robustness is measured by: an item, a severity and a generator to one."""
NOISE_MODULES = ("helpers.data.text.corruptions",)
"""The code that decides what noise does."""


def decode(raw: Any) -> str:
    """Decode a text; raises ``raw.Unreadable``."""
    from helpers.data.text import decoding

    return decoding.decode(raw)
