"""Fonts for the names of any script: of pinned packages, so that a figure is the same everywhere.

An SVG holds the outlines of the letters that it shows, and needs no font where it is read.
"""

from functools import cache
from importlib import resources

from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.text import Text

FIRST = "DejaVu Sans"  # ships with matplotlib
PACKAGES = ("manimgx_fonts", "noto_cjk_sans_otc")  # Noto Sans and Noto Sans CJK
CHINESE = "Noto Sans CJK SC"  # of the five faces of one file, which differ in some characters


@cache
def families() -> tuple[str, ...]:
    """Make the fonts known to matplotlib, before others of their names, and return their names."""
    known = font_manager.fontManager.ttflist
    before = len(known)
    for package in PACKAGES:
        for file in resources.files(package).iterdir():
            if file.name.endswith((".ttf", ".ttc")) and "Italic" not in file.name:
                font_manager.fontManager.addfont(str(file))
    added, known[:] = known[before:], known[before:] + known[:before]
    names = {each.name for each in added if "CJK" not in each.name}
    return (FIRST, *sorted(names), CHINESE)


def provide(artist: Artist) -> None:
    """Give all fonts to the texts of a figure whose letters the first one lacks.

    Matplotlib looks each of them up for each text, which would take most of the time of a figure.
    """
    for text in artist.findobj(Text):
        assert isinstance(text, Text)
        if not _drawn(FIRST).issuperset(map(ord, text.get_text().replace("\n", ""))):
            text.set_fontfamily(families())


def legible(text: str) -> str:
    """Write characters that no font has as their numbers: one box would stand for them all."""
    if text.isascii():
        return text
    drawn = _drawn(*families())
    return "".join(c if ord(c) in drawn or c.isspace() else f"U+{ord(c):04X}" for c in text)


@cache
def _drawn(*names: str) -> frozenset[int]:
    """Return the characters that some fonts have."""
    files = [font_manager.findfont(name) for name in names]
    return frozenset().union(*(font_manager.get_font(file).get_charmap() for file in files))
