"""Word errors that are of spelling alone, by kind."""

import pytest

from helpers.data.speech.normalisation import plain
from helpers.evaluation import spelling_errors


def counted(said, heard, language="en"):
    table = spelling_errors.table([plain(said)], [plain(heard)], [language])
    return table["word errors"].tolist(), table["of all word errors"].sum()


@pytest.mark.parametrize(
    ("said", "heard", "language", "counts"),
    [
        ("it rains every day here", "it rains everyday here", "en", [2, 0, 0]),
        ("das Fußball Spiel", "das Fußballspiel", "de", [2, 0, 0]),
        ("press twenty five now", "press 25 now", "en", [0, 2, 0]),
        ("dial one two three four", "dial 1234", "en", [0, 4, 0]),
        ("dial one two three four", "dial 1 2 3 4", "en", [0, 4, 0]),
        ("the eighteenth", "the 18th", "en", [0, 1, 0]),
        ("zwei drei", "2 3", "de", [0, 0, 0]),
        ("the colour is grey", "the color is gray", "en", [0, 0, 2]),
        ("it isn't", "it is not", "en", [0, 0, 2]),
        ("le café", "le cafe", "fr", [0, 0, 1]),
        ("the cat sat", "the dog sat", "en", [0, 0, 0]),
        ("the cat sat", "", "en", [0, 0, 0]),
        ("same words", "same words", "en", [0, 0, 0]),
    ],
)
def test_an_error_of_spelling_belongs_to_its_kind(said, heard, language, counts):
    assert counted(said, heard, language)[0] == counts


def test_shares_are_of_all_word_errors():
    assert counted("the colour of the cat", "the color of the dog") == ([0, 0, 1], 0.5)
