"""Names in several spellings: which read the same, which look alike, and which are apart."""

import unicodedata

import pytest

from helpers.core import spellings


@pytest.mark.parametrize(
    "names",
    [
        ("cat", " cat", "cat\u00a0", "\ufeffcat", "cat\u200b", "\u200ecat", "cat\r"),
        ("caf\u00e9", "cafe\u0301"),
        ("\uac00", "\u1100\u1161"),
    ],
)
def test_names_that_read_the_same_are_one(names):
    """Composition, blanks and unseen characters at the ends say nothing."""
    assert {spellings.canonical(name) for name in names} == {names[0]}


@pytest.mark.parametrize(
    "names",
    [
        ("cat", "Cat", "CAT", "\uff43\uff41\uff54", "c\u00adat", "c\u200bat"),
        ("1", "01", "1.0", "1,0", "1.00", "\uff11"),
        ("0", "00", "0.0"),
        ("1.5", "1.50", "01.5"),
        ("1,000", "1,000.00"),
        ("7", "007.0"),
        ("p7", "P7", "P007", "P7.0", "\u0420007"),
        ("true", "True", "TRUE"),
        ("New York", "new_york", "New  York", "new-york", "New\u00a0York", "NEW\u2013YORK"),
        ("don't", "don\u2019t"),
        ("istanbul", "ISTANBUL", "\u0130stanbul"),
        ("stra\u00dfe", "STRASSE"),
        ("\u2764", "\u2764\ufe0f"),
        ("\u0645\u062f\u0631\u0633\u0629", "\u0645\u062f\u0631\u0633\u0640\u0640\u0629"),
        ("\u30ab", "\uff76"),
    ],
)
def test_names_that_look_alike_have_one_key(names):
    """Case, width, blanks, dashes, unseen letters and the form of numbers."""
    assert len({spellings.key(name) for name in names}) == 1
    assert spellings.alike([*names, "another"]) == [dict.fromkeys(names, 1)]


@pytest.mark.parametrize(
    "names",
    [
        ("1", "-1", "10", "100", "1.1", "1.01", "1.05", "1.5", "1,000", "1e3"),
        ("A", "A+", "A-", "C", "C#", "C++"),
        ("2024.01.05", "2024.10.5", "v1.1", "v1.10"),
        ("3.0", "3.0.0", "3.0.1", "v3", "v3.0.0"),
        ("\u304b", "\u304c", "\u3084", "\u3083"),
        ("caf\u00e9", "cafe"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f3f4"),
        ("\u0915\u093f", "\u0915\u0940", "\u0915"),
    ],
)
def test_other_names_stay_apart(names):
    """Signs, decimals, vowel signs and accents make another name."""
    assert not spellings.alike(names)


def test_an_alphabet_in_both_cases_is_no_cluster():
    """Handwritten letters are told apart by their case; two answers y and Y are not."""
    assert not spellings.alike("aAbBcCdDeE")
    assert spellings.alike(["y", "Y", "Y", "n", None]) == [{"Y": 2, "y": 1}]


def test_clusters_are_listed_with_what_is_not_seen():
    """Two spellings that print the same can be told apart in the list."""
    line = spellings.listed(spellings.alike(["cat", "cat", "c\u200bat", "\uff43at"]))
    assert line == r"'cat' (2) = 'c\u200bat' (1) = '\uff43at' (1)"


def test_keys_are_stable():
    """The key of a key is itself, in any Unicode form."""
    for name in ("Caf\u00e9 N\u00b0 007", "\uff30\uff10\uff17", "STRA\u1e9eE", "\u0130I\u0131i"):
        once = spellings.key(name)
        assert spellings.key(once) == once
        assert spellings.key(unicodedata.normalize("NFD", name)) == once
