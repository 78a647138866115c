"""The ridge probe: its leave-one-out errors, its choice, what moves it."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge, RidgeClassifierCV

from helpers.selection.transferability import ridge

PENALTIES = (0.1, 3.0, 40.0, 900.0)
SHAPES = [(90, 12), (40, 130)]  # more items than features, and fewer


def made(items=90, dimension=12, classes=3, gap=1.0, seed=0):
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, items)
    centres = random.normal(size=(classes, dimension)) * gap
    return centres[labels] + random.normal(size=(items, dimension)), labels


@pytest.mark.parametrize(("items", "dimension"), SHAPES)
def test_leave_one_out_is_that_of_fits_without_each_item(items, dimension):
    features, labels = made(items, dimension)
    for penalty in PENALTIES:
        fitted = ridge.fit(features, labels, 3, [penalty])
        standard, targets = (features - fitted.mean) / fitted.scale, np.eye(3)[labels]
        for item in (0, 7, items - 1):
            rest = np.arange(items) != item
            model = Ridge(alpha=penalty).fit(standard[rest], targets[rest])
            expected = model.predict(standard[item][None])[0]
            assert np.allclose(fitted.left_out[item], expected, atol=1e-8)


@pytest.mark.parametrize(("items", "dimension"), SHAPES)
@pytest.mark.parametrize("classes", [2, 3])
def test_ridge_chooses_and_says_what_scikit_learn_does(items, dimension, classes):
    features, labels = made(items, dimension, classes)
    asked, _ = made(50, dimension, classes, seed=1)
    ours = ridge.fit(features, labels, classes, PENALTIES)
    theirs = RidgeClassifierCV(alphas=PENALTIES).fit((features - ours.mean) / ours.scale, labels)
    assert ours.penalty == theirs.alpha_
    said = ours.values(asked).argmax(axis=1)
    assert np.array_equal(said, theirs.predict((asked - ours.mean) / ours.scale))
    # one-hot targets are half of the signs that scikit-learn fits: a quarter of the square
    assert min(ours.errors) == pytest.approx(-theirs.best_score_ / 4, rel=1e-6)


def test_ridge_ignores_units_and_constant_features():
    features, labels = made()
    plain = ridge.fit(features, labels, 3)
    units = np.logspace(-4, 4, 12)
    moved = ridge.fit(features * units + 7, labels, 3)
    assert np.allclose(plain.values(features), moved.values(features * units + 7), atol=1e-6)
    wide = np.hstack([features, np.full((90, 1), 1e6)])
    assert np.allclose(ridge.fit(wide, labels, 3).values(wide), plain.values(features), atol=1e-8)
    assert np.isfinite(ridge.fit(np.ones((9, 4)), labels[:9], 3).errors).all()


def test_ridge_gives_a_missing_class_nothing():
    features, labels = made()
    fitted = ridge.fit(features, labels, 4)
    scores = fitted.scores(features)
    assert np.allclose(scores.sum(axis=1), 1) and scores[:, 3].max() < 1e-5
