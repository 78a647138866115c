"""Names in all scripts have letters of their own in figures."""

import io
import warnings

import pytest

from helpers.report.figures import fonts, style

NAMES = {
    "Chinese": "\u732b \u72ac \u9aa8",
    "Japanese": "\u65e5\u672c\u8a9e \u3072\u3089\u304c\u306a",
    "Korean": "\ud55c\uad6d\uc5b4",
    "Hindi": "\u0926\u093f\u0928 \u0926\u093e\u0928",
    "Tamil": "\u0baa\u0bbe\u0b9f\u0bc1",
    "Thai": "\u0e44\u0e17\u0e22 \u0e14\u0e35",
    "Khmer": "\u1781\u17d2\u1798\u17c2\u179a",
    "Burmese": "\u1019\u103c\u1014\u103a\u1019\u102c",
    "Arabic": "\u0633\u0644\u0627\u0645",
    "Hebrew": "\u05e9\u05dc\u05d5\u05dd",
    "Amharic": "\u12a0\u121b\u122d\u129b",
    "emoji": "\U0001f600 \U0001f621",
}


def drawn(name):
    """Draw a name as the label of a row: give the figure's bytes, and what is missing."""
    content = io.BytesIO()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        figure, _ = style.rows([name], "")
        fonts.provide(figure)
        figure.savefig(content, format="svg", metadata={"Date": None})
    return content.getvalue(), [str(each.message) for each in caught]


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_font_has_the_letters_of_every_script(name):
    """Nothing is missing, and the name is shown as it is."""
    assert not any("missing" in said for said in drawn(name)[1])
    assert style.short(name) == name


def test_what_no_font_has_is_a_number_and_not_a_box():
    """Two names in Tibetan are drawn as two."""
    one, other = "\u0f56\u0f7c\u0f51", "\u0f56\u0f7c\u0f56"
    assert fonts.legible(one) == "U+0F56U+0F7CU+0F51"
    assert drawn(one)[0] != drawn(other)[0] and not drawn(one)[1]


def test_arabic_is_shaped():
    """Its letters join: the word is no row of its letters."""
    joined, apart = "\u0628\u0628\u0628", "\u0628\u200c\u0628\u200c\u0628"
    assert drawn(joined)[0] != drawn(apart)[0]
