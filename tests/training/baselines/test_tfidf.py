"""Counting words: what the linear models say, and that they see no test label."""

import numpy as np
import pytest
from factories.dataset import positions, relabelled
from factories.texts import made_texts

from helpers.core.errors import UserError
from helpers.training.baselines import fit_baseline
from helpers.training.results import AdaptationRequest

OPTIONS = {
    "regularisation": (0.1, 1.0, 10.0),
    "class_weight": None,
    "fitted_on": "train",
    "ngrams": 2,
    "terms": "by-script",
    "sublinear": True,
}
NAMES = ("tfidf-logistic", "tfidf-svm")


def fitted(name, data, **options):
    request = AdaptationRequest(data, name, OPTIONS | options, "macro-f1", 0)
    return fit_baseline(request)


@pytest.mark.parametrize("name", NAMES)
def test_words_learn_what_is_plain_to_read(name):
    data = made_texts()
    made, test = fitted(name, data), positions(data, "test")
    scores = made.scores(data, test)
    assert np.allclose(scores.sum(axis=1), 1) and (scores >= 0).all()
    assert (scores.argmax(axis=1) == data.labels[test]).mean() > 0.9
    assert made.value == made.grid["validation"].max()
    assert made.chosen["C"] in made.grid["parameter"].tolist()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("known", ["train", "all"])
def test_no_test_label_influences_training(name, known):
    data = made_texts(told=1)
    before, after = (
        fitted(name, each, fitted_on=known) for each in (data, relabelled(data, "test"))
    )
    rows = positions(data, "test")
    assert np.array_equal(before.scores(data, rows), after.scores(data, rows))


def test_the_transductive_vocabulary_knows_the_words_of_the_test_texts():
    data = made_texts()
    counted = [fitted("tfidf-logistic", data, fitted_on=known) for known in ("train", "all")]
    sizes = [int(each.backbone["vocabulary"].split(",")[0].replace(",", "")) for each in counted]
    assert sizes[0] < sizes[1] and "test included" in counted[1].backbone["vocabulary"]


@pytest.mark.parametrize("name", NAMES)
def test_the_decisive_words_are_those_of_the_class(name):
    from factories.texts import WORDS

    data = made_texts()
    rows = positions(data, "test")
    made = fitted(name, data, ngrams=1)
    for code, words in enumerate(WORDS.values()):
        own = rows[data.labels[rows] == code]
        reasons = made.reasons(own, np.full(len(own), code))
        first = [each.split(", ")[0] for each in reasons]
        assert np.mean([each in words for each in first]) > 0.9


def test_texts_without_a_common_word_are_one_line():
    data = made_texts(items=30)
    lonely = [f"w{number}" for number in range(30)]
    object.__setattr__(data.items, "raw", lonely.__getitem__)
    with pytest.raises(UserError, match="no word occurs in 2"):
        fitted("tfidf-logistic", data)
