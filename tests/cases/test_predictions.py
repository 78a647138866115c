"""Predictions made elsewhere: of classes in another order, of other scales, of our test items."""

import numpy as np
import pandas as pd
import pytest
from factories.cases import fill, given, look, predicted

CLASSES = [f"c{number}" for number in range(10)]
TRUTH = CLASSES * 20


def test_classes_in_another_order_are_warned_of(repository):
    """Classes sorted as strings by one side only: a line says that a renaming would help."""
    random, classes = np.random.default_rng(0), [str(number) for number in range(1, 11)]
    truth = classes * 20
    real = [each if random.random() < 0.97 else classes[random.integers(10)] for each in truth]
    said = [classes[sorted(classes).index(each)] for each in real]
    scores = random.dirichlet(np.ones(10), 200) * 0.3
    scores[np.arange(200), [classes.index(each) for each in said]] += 0.7
    scores /= scores.sum(axis=1, keepdims=True)
    _, warned = predicted("p.csv", truth, said, classes, scores)
    assert any(word in warned for word in ("renam", "permut", "order"))


def logits():
    """Give scores of a model that is right on two items in three or so."""
    scores = np.random.default_rng(1).normal(size=(200, 10))
    scores[np.arange(200), np.arange(200) % 10] += 2
    return scores


def probabilities():
    return np.exp(logits()) / np.exp(logits()).sum(axis=1, keepdims=True)


def choices(scores):
    return [CLASSES[column] for column in scores.argmax(axis=1)]


@pytest.mark.parametrize(
    ("scores", "name"),
    [
        pytest.param(100 * probabilities(), "percent", id="percent"),
        pytest.param(logits(), "logit", id="logits"),
        pytest.param(np.log(probabilities()), "log", id="log-probabilities"),
        pytest.param(1 / (1 + np.exp(-logits())), "sum", id="sigmoids"),
    ],
)
def test_scores_that_are_no_probabilities_are_refused_by_name(repository, scores, name):
    """The refusal says what the scores seem to be, and not only what they are not."""
    read, said = predicted("p.csv", TRUTH, choices(scores), CLASSES, scores)
    assert read is None and name in said.replace("numbers from 0 that sum to 1", "")


def test_decisions_in_place_of_probabilities_are_accepted_with_a_line(repository):
    """Scores of 0 and 1 alone are decisions, and a line says so."""
    scores = np.eye(10)[[(number + (number < 20)) % 10 for number in range(200)]]
    read, said = predicted("p.csv", TRUTH, choices(scores), CLASSES, scores)
    assert read is None or "decision" in said or "0 and 1" in said


def test_rounded_probabilities_are_accepted(repository):
    """Rounding ten numbers to three decimals moves their sum by 0.005 at most."""
    scores = probabilities()
    read, said = predicted("p.csv", TRUTH, choices(scores), CLASSES, scores.round(3))
    assert read is not None or "largest" in said


def test_predictions_of_all_items_on_a_drawn_split_are_warned_of(repository):
    """Whoever predicts every item may have trained on those that are drawn for the test here."""
    fill(repository / "set", "ab", 40)
    prepared, _ = look({"folder": "set"})
    table = prepared.frame[["id", "label"]].rename(columns={"label": "prediction"})
    pd.DataFrame(table).to_csv("p.csv", index=False)
    _, said = given("p.csv", prepared.frame, prepared.classes)
    assert any(word in said for word in ("train", "learn", "split", "seen"))
