"""Nearest neighbours: those of scikit-learn, and their votes."""

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from helpers.selection.transferability import knn


def made(items=90, dimension=12, classes=3, gap=1.0, seed=0):
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, items)
    centres = random.normal(size=(classes, dimension)) * gap
    return centres[labels] + random.normal(size=(items, dimension)), labels


@pytest.mark.parametrize("count", [1, 5, 20])
def test_neighbours_are_those_of_scikit_learn(count):
    features, labels = made(200)
    asked, _ = made(80, seed=1)
    theirs = KNeighborsClassifier(count, metric="cosine").fit(features, labels)
    ours = knn.scores(features, labels, asked, 3, count)
    votes = ours * (count + 1) - 1 / 3
    assert np.allclose(votes / count, theirs.predict_proba(asked))
    assert np.array_equal(ours.argmax(axis=1), theirs.predict(asked))


def test_neighbours_fewer_than_asked_for_all_vote():
    features, labels = made(7)
    votes = knn.scores(features, labels, features, 3, 20) * 8 - 1 / 3
    assert np.allclose(votes, np.bincount(labels, minlength=3))
    assert np.isfinite(knn.scores(features * 0, labels, features, 3)).all()
