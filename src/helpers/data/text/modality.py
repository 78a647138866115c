"""Texts: str, with line ends and Unicode composition made alike."""

from typing import Any

ONE, MANY = "text", "texts"
SAME = "equal characters"  # what exact copies have in common, but for case and spacing
SUFFIXES = (".txt", ".text", ".md", ".eml")  # files that a folder of items is made of
MEASURES = ("words",)  # facts of the survey that results may be sliced by


def decode(raw: Any) -> str:
    """Decode a text; raises ``Unreadable``."""
    from helpers.data.text import decoding

    return decoding.decode(raw)
