"""Near-copies of texts: found in every script, and no texts of one template."""

import time

import numpy as np
import pytest

from helpers.data import minhash
from helpers.data.text.words import words_of

LATIN = list("abcdefghijklmnopqrstuvwxyz")
HAN = [chr(code) for code in range(0x4E00, 0x5000)]
KANA = [chr(code) for code in range(0x3042, 0x3094)]
THAI = [chr(code) for code in [*range(0x0E01, 0x0E2F), 0x0E31, 0x0E34, 0x0E35, 0x0E48]]
HINDI = [chr(code) for code in [*range(0x0915, 0x0939), 0x093E, 0x093F, 0x0940, 0x094D]]
HANGUL = [chr(code) for code in range(0xAC00, 0xD7A0, 50)]
CHINESE = "\u8bf7\u628a{}\u6253\u5f00\u7136\u540e\u64ad\u653e\u97f3\u4e50"
BURMESE = [chr(code) for code in [*range(0x1000, 0x1020), 0x102D, 0x103A]]


def near(*texts):
    """Give the pairs that are near-duplicates."""
    return {tuple(pair) for pair in minhash.near_pairs([words_of(text) for text in texts])}


def parted(letters, random, length, blank):
    """Give a text of some length, in words if a blank parts them."""
    text = [letters[k] for k in random.integers(len(letters), size=length)]
    for place in range(5, length - 1, 6) if blank else ():
        text[place] = " "
    return text


def edited(text, letters, random, kind):
    """Replace, insert or drop one character, within."""
    place = int(random.integers(1, len(text) - 1))
    new = next(c for c in random.permutation(letters) if c != text[place])
    middle = {"replaced": [new], "inserted": [new, text[place]], "dropped": []}[kind]
    return text[:place] + middle + text[place + 1 :]


@pytest.mark.parametrize("kind", ["replaced", "inserted", "dropped"])
@pytest.mark.parametrize(
    ("letters", "length", "blank"),
    [
        pytest.param(LATIN, 60, True, id="Latin"),
        pytest.param(LATIN, 40, True, id="Latin, short"),
        pytest.param(LATIN, 600, True, id="Latin, long"),
        pytest.param(HAN, 60, False, id="Chinese"),
        pytest.param(HAN, 20, False, id="Chinese, short"),
        pytest.param(KANA, 60, False, id="Japanese"),
        pytest.param(THAI, 60, False, id="Thai"),
        pytest.param(BURMESE, 60, False, id="Burmese"),
        pytest.param(HINDI, 60, True, id="Hindi"),
        pytest.param(HANGUL, 60, True, id="Korean"),
    ],
)
def test_one_edit_is_found_in_any_script(letters, length, blank, kind):
    """Over 95 in 100 copies are found, and nothing else."""
    random, texts = np.random.default_rng(0), []
    for _ in range(100):
        text = parted(letters, random, length, blank)
        texts += ["".join(text), "".join(edited(text, letters, random, kind))]
    found = near(*texts)
    copies = {(n, n + 1) for n in range(0, 200, 2)}
    assert len(found & copies) > 95 and not found - copies


def test_an_edit_for_each_sixty_characters_is_found_in_a_long_text():
    """Ten edits, in other places of 600 characters."""
    random, texts = np.random.default_rng(0), []
    for _ in range(50):
        text = parted(LATIN, random, 600, True)
        copy = list(text)
        for place in range(30, 600, 60):
            copy[place + int(random.integers(-20, 20))] = "q"
        texts += ["".join(text), "".join(copy)]
    assert len(near(*texts)) > 0.95 * 50


@pytest.mark.parametrize(
    ("template", "one", "other"),
    [
        ("I {} this phone and its battery a lot", "love", "hate"),
        ("Book a table for two at {} tonight, please", "Luigi", "Mario"),
        ("Your code is {}, do not share it with anyone", "481 516", "481 517"),
        ("Show me all flights from Boston to {} on Monday", "Denver", "Dallas"),
        ("You asked me for tomorrow and {} is what I have to say to you", "no", "yes"),
        (CHINESE, "\u5ba2\u5385\u7684\u706f", "\u5367\u5ba4\u7684\u7a97"),
        ("I love {}", "cats", "bats"),
    ],
)
def test_texts_of_one_template_are_no_copies(template, one, other):
    """Another word, or another number, is another text."""
    assert not near(template.format(one), template.format(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the weather is fine in the north today", "The  weather is fine, in the North today!"),
        ("the weather is fine in the north today", "teh weather is fine in the north today"),
        ("hello", "Hello!"),
    ],
)
def test_case_blanks_punctuation_and_a_swap_make_copies(one, other):
    """Equal words are copies at any length."""
    assert near(one, other) == {(0, 1)}


def test_boilerplate_is_not_compared_with_all_boilerplate():
    """Twice the texts of one template take about twice as long, and a copy among them is found."""
    random, seconds = np.random.default_rng(0), []
    for count in (1000, 4000):
        names = ["".join(random.choice(LATIN, 12)) for _ in range(count)]
        start = "your parcel will arrive at the office of"
        texts = [f"{start} {name} between noon and the late evening of the day" for name in names]
        words = [words_of(text) for text in [*texts, texts[7].replace("noon", "noom")]]
        begun = time.process_time()
        pairs = minhash.near_pairs(words)
        seconds.append(time.process_time() - begun)
        assert pairs.tolist() == [[7, count]]
    assert seconds[1] < 10 * seconds[0]
