"""Shares in words: never far from the number, never all or none of what is not."""

import re

import numpy as np
import pytest

from helpers.evaluation.plain_shares import alarms, of_ten

NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
NUMBERS |= {"seven": 7, "eight": 8, "nine": 9, "ten": 10}


def value(text):
    """Read the numbers of a sentence: the first by the second, or the only one."""
    words = [word.replace(",", "") for word in text.split()]
    found = [float(NUMBERS.get(w, w)) for w in words if w in NUMBERS or re.match(r"[\d.]+$", w)]
    return found[0] / found[1] if len(found) == 2 else found[0]


@pytest.mark.parametrize("share", [*np.linspace(0.002, 0.998, 83), 0.83, 1 / 3])
def test_a_share_is_said_about_as_it_is(share):
    said = value(of_ten(share, "objects"))
    assert min(said, 1 - said) == pytest.approx(min(share, 1 - share), rel=0.3)


def test_all_and_none_are_only_what_is():
    assert of_ten(1, "x") == "all of the x" and of_ten(0, "x") == "none of the x"
    assert "nearly" in of_ten(0.99999, "x") and "nearly" in of_ten(1e-6, "x")
    assert of_ten(0.81, "objects") == "8 of 10 objects"


@pytest.mark.parametrize("rate", [*np.geomspace(1e-4, 90, 60), 0.25])
def test_alarms_are_said_about_as_they_are(rate):
    assert value(alarms(rate)) == pytest.approx(rate, rel=0.27)


def test_alarms_are_words_where_they_are_few():
    assert alarms(0.25) == "one false alarm in four images" and alarms(0) == "no false alarm"
