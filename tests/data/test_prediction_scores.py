"""Scores of a predictions file: whatever their columns are called, probabilities or refused."""

import numpy as np
import pytest

from helpers.core.errors import UserError
from helpers.data import prediction_scores

CLASSES = ("cat", "wild cat", "1")


@pytest.mark.parametrize(
    "style", ["score:{}", "prob_{}", "p_{}", "{}", "Score {}", "probability:{}", "logit_{}"]
)
def test_columns_of_any_order_and_style_are_found_by_class(style):
    names = [style.format(name) for name in CLASSES]
    found = prediction_scores.columns_of(["id", *reversed(names), "p_value"], CLASSES, "p.csv")
    assert found == names


def test_classes_in_another_spelling_are_found_unless_two_fit():
    found = prediction_scores.columns_of(["prob_Cat", "prob_1.0", "prob_WILD_CAT"], CLASSES, "x")
    assert found == ["prob_Cat", "prob_WILD_CAT", "prob_1.0"]
    assert prediction_scores.named(["CAT", "dog"], ("cat", "Cat")) == ["CAT", "dog"]


def test_probabilities_go_before_the_logits_beside_them_and_two_sets_are_refused():
    logits, both = [f"logit_{name}" for name in CLASSES], [f"p_{name}" for name in CLASSES]
    assert prediction_scores.columns_of(logits + both, CLASSES, "p.csv") == both
    with pytest.raises(UserError, match="two columns for a class"):
        prediction_scores.columns_of([f"score_{name}" for name in CLASSES] + both, CLASSES, "p.csv")


@pytest.mark.parametrize("names", [["score_0", "score_1", "score_2"], ["p_cat"], ["score:dog"]])
def test_numbered_and_incomplete_columns_are_refused(names):
    with pytest.raises(UserError, match="3 needed"):
        prediction_scores.columns_of(["id", *names], CLASSES, "p.csv")


def drawn(classes=10, items=200, concentration=0.3):
    return np.random.default_rng(0).dirichlet(np.full(classes, concentration), items)


@pytest.mark.parametrize("classes", [2, 3, 10, 100])
@pytest.mark.parametrize("places", [1, 2, 3, 4, 6])
def test_what_rounding_allows_is_accepted_in_any_precision(classes, places):
    """Half a unit of the last decimal for each class, where rounding leaves most of the sum."""
    scores = drawn(classes).round(places)
    scores = scores[scores.sum(axis=1) > 0.6]
    assert len(scores)
    for given in (scores, scores.astype("float32").astype(float)):
        found = prediction_scores.probabilities(given, "p.csv")
        assert np.allclose(found.sum(axis=1), 1, atol=1e-12)


def bfloat16(scores):
    return (scores.astype("float32").view("uint32") & 0xFFFF0000).view("float32").astype(float)


COARSE = {
    "bfloat16": bfloat16(drawn()),
    "8 bits": (drawn(concentration=1) * 256).round() / 256,
    "2 digits": np.vectorize(lambda score: float(f"{score:.2g}"))(drawn(concentration=1)),
    "3 decimals, cut off": np.floor(drawn(concentration=1) * 1000) / 1000,
}


@pytest.mark.parametrize("name", COARSE)
def test_probabilities_stored_coarsely_are_divided_by_their_sum(name):
    given = COARSE[name]
    assert prediction_scores.coarse(given) and not prediction_scores.coarse(drawn())
    found = prediction_scores.probabilities(given, "p.csv")
    assert np.allclose(found.sum(axis=1), 1, atol=1e-12)
    assert np.allclose(found, given, atol=0.03)


REFUSED = {
    "the best 3": (np.where(drawn().argsort(1).argsort(1) > 6, drawn(10, 200, 1), 0), "missing"),
    "sigmoids of softmax": (0.05 + drawn(), "softmax of the logits"),
    "percent": (100 * drawn(), "percent"),
    "percent, rounded": ((100 * drawn()).round(1), "percent"),
    "logits": (np.log(drawn() + 1e-3) * 2 + 3, "logits"),
    "logits above 0": (np.log(drawn() + 1e-3) + 20, "logits"),
    "log-probabilities": (np.log(drawn() + 1e-12), "log-prob"),
    "logarithms to base 2": (np.log2(drawn() + 1e-12), r"apply 2 \*\* score"),
    "logarithms to base 10": (np.log10(drawn() + 1e-12), r"apply 10 \*\* score"),
    "minus logarithms": (-np.log(drawn() + 1e-12), "change their sign, then apply exp"),
    "sigmoids": (drawn() ** 0.3, "sigmoid"),
    "sigmoids, rounded": ((drawn() ** 0.3).round(2), "sigmoid"),
    "votes": (np.random.default_rng(0).multinomial(50, drawn()[0], 200).astype(float), "50"),
    "several classes": (np.ones((20, 3)), "sigmoid"),
    "zeros": (np.zeros((20, 100)), "sums between 0 and 0"),
    "a missing one": (np.where(np.eye(200, 10) > 0, np.nan, drawn()), "missing"),
    "infinite": (np.where(np.eye(200, 10) > 0, np.inf, drawn()), "infinite"),
    "a few below 0": (drawn() - 0.2 * np.eye(200, 10), "below 0"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_scores_are_refused_with_what_they_seem_to_be(name):
    scores, word = REFUSED[name]
    with pytest.raises(UserError, match=word):
        prediction_scores.probabilities(scores, "p.csv")
