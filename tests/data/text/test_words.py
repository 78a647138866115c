"""Words, and the terms that stand for them, in scripts of all kinds."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from helpers.data.text.words import parts_of, terms_of, words_of

THAI, KHMER = "\u0e14\u0e35\u0e21\u0e32\u0e01", "\u1797\u17b6\u179f\u17b6"
CHINESE, JAPANESE = "\u6211\u7231\u732b", "\u4eca\u65e5\u306f\u6674\u308c"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Don't go_there 3.5%", ["don", "t", "go_there", "3", "5"], id="Latin"),
        pytest.param("\u0926\u093f\u0928, \u0926\u093e\u0928", None, id="Hindi"),
        pytest.param("\u0baa\u0bbe\u0b9f\u0bc1 \u0baa\u0bc7\u0b9f\u0bc1", None, id="Tamil"),
        pytest.param("\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd", None, id="Hebrew, pointed"),
        pytest.param("\u0627\u0644\u0633\u064e\u0651\u0644\u0627\u0645", None, id="Arabic"),
        pytest.param("\uc548\ub155 \uc138\uacc4", None, id="Korean"),
        pytest.param("co\u00adop \u200ezero\u2060width", ["coop", "zerowidth"], id="joins"),
        pytest.param("\u0645\u06cc\u200c\u0631\u0648", ["\u0645\u06cc\u0631\u0648"], id="Persian"),
        pytest.param(CHINESE, list(CHINESE), id="Chinese"),
        pytest.param(THAI, ["\u0e14\u0e35", "\u0e21", "\u0e32", "\u0e01"], id="Thai"),
        pytest.param(KHMER, ["\u1797\u17b6", "\u179f\u17b6"], id="Khmer"),
        pytest.param("iPhone\u624b\u673a", ["iphone", "\u624b", "\u673a"], id="two scripts"),
        pytest.param("\U0001f600 :) !", [], id="signs"),
    ],
)
def test_words_keep_their_marks_in_every_script(text, words):
    """Vowel signs and joiners part no word; characters stand for words where nothing parts them."""
    assert words_of(text) == (re.split(r",? ", text) if words is None else words)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("good \U0001f600", "good \U0001f621"),
        ("\U0001f44d\U0001f3fd", "\U0001f44d\U0001f3ff"),
        ("\U0001f468\u200d\U0001f467", "\U0001f468\u200d\U0001f466"),
        ("\U0001f1e9\U0001f1ea", "\U0001f1eb\U0001f1f7"),
        ("5 \u20ac", "5 \u00a3"),
        ("\u2605\u2605\u2605\u2606", "\u2605\u2606\u2606\u2606"),
        ("fine :)", "fine :("),
        ("caf\u00e9 :-)", "caf\u00e9 :-("),
        ("1\ufe0f\u20e3", "2\ufe0f\u20e3"),
        (CHINESE, CHINESE[::-1]),
        (JAPANESE, JAPANESE[:-1] + "\u96e8"),
    ],
)
def test_terms_tell_texts_apart_that_differ_in_signs_or_order(one, other):
    """Emoji, currencies and emoticons are terms."""
    assert sorted(terms_of(one)) != sorted(terms_of(other))


def test_symbols_look_alike_with_and_without_a_selector():
    """The selector asks for colours: it is the same heart."""
    assert terms_of("\u2764\ufe0f") == terms_of("\u2764")


@given(some.text(some.characters(max_codepoint=127)))
def test_words_of_english_are_what_they_were(text):
    """Runs of letters, digits and underscores, and pairs of them."""
    words = re.findall(r"\w+", text.casefold())
    assert words_of(text) == words
    pairs = [*words, *map(" ".join, zip(words, words[1:], strict=False))]
    assert [term for term in terms_of(text, 2) if re.match(r"\w", term)] == pairs


@given(some.text())
def test_any_text_has_words_and_terms(text):
    """No word is empty or holds a blank, in whatever characters."""
    for _, part in parts_of(text):
        assert part and not re.search(r"\s", part)
    assert set(words_of(text)) <= set(terms_of(text))


def test_ascii_and_other_texts_are_parted_alike():
    """A letter beyond ASCII changes nothing else."""
    text = "Well: :) ^_^ ... don't -- :-( a_b (yes) == <>"
    assert sorted(terms_of(text + " \u00e9")) == sorted([*terms_of(text), "\u00e9"])


def test_words_of_scripts_without_blanks_are_those_of_dictionaries():
    text = "\u8d28\u91cf\u8fd8\u4e0d\u9519, iPhone\u624b\u673a!"
    words = ["\u8d28\u91cf", "\u8fd8", "\u4e0d\u9519", "iphone", "\u624b\u673a"]
    assert terms_of(text, 1, "words") == words
    assert terms_of(text, 2, "words")[5:] == [f"{a} {b}" for a, b in itertools.pairwise(words)]
    thai = "\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22"
    assert terms_of(thai, 1, "words") == ["\u0e20\u0e32\u0e29\u0e32", "\u0e44\u0e17\u0e22"]
    korean = "\uc548\ub155 \uc138\uacc4"
    assert terms_of(korean, 1, "words") == korean.split()


def test_characters_stand_for_words_in_every_script():
    assert terms_of("abc de", 2, "characters") == ["a", "b", "c", "ab", "bc", "abc", "d", "e", "de"]
    assert terms_of(CHINESE, 1, "characters") == terms_of(CHINESE)
