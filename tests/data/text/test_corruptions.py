"""Corruptions of texts: which letters they change, and which they leave."""

import numpy as np
import pytest

from helpers.data.text.corruptions import casing, dropped, typos


@pytest.mark.parametrize("kind", [casing, typos, dropped])
def test_a_corruption_changes_its_share_of_the_letters_and_nothing_else(kind):
    text = "the quick brown fox, 12 of them; " * 60
    changed = kind(text, 0.2, np.random.default_rng(0))
    letters = sum(map(str.isalpha, text))
    if kind is dropped:
        share = (len(text) - len(changed)) / letters
        assert [c for c in changed if not c.isalpha()] == [c for c in text if not c.isalpha()]
    else:
        share = sum(a != b for a, b in zip(text, changed, strict=True)) / letters
    assert share == pytest.approx(0.2, abs=0.03)
    assert kind(text, 0.0, np.random.default_rng(0)) == text
    assert kind("x", 1.0, np.random.default_rng(0))


def test_typos_stay_within_their_words_in_any_alphabet():
    text = "это был очень хороший фильм, я не спал! 好 the café"
    for severity in (0.3, 1.0):
        changed = typos(text, severity, np.random.default_rng(0))
        assert changed != text and len(changed) == len(text)
        for before, after in zip(text.split()[:9], changed.split()[:9], strict=True):
            assert sorted(before) == sorted(after)
        assert all(a == b for a, b in zip(text, changed, strict=True) if not a.isalpha())


def test_all_letters_dropped_leave_one_to_read():
    every = [dropped(text, 1.0, np.random.default_rng(0)) for text in ("abc", " ab\n")]
    assert every == ["a", "a"]
    assert dropped("abc, 12", 1.0, np.random.default_rng(0)) == ", 12"
