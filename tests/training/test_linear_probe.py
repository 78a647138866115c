"""The linear probe: its path, its choice, and what it may look at."""

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression

from helpers.core.errors import UserError
from helpers.training import linear_probe, validation_score
from helpers.training.labelled_splits import LabelledSplits

GRID = (1e-3, 1e-2, 1e-1, 1.0, 10.0)
TRAIN, VALIDATION = np.arange(120), np.arange(120, 200)


def made(classes, dimension=20, noise=2.5, seed=0):
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, 200)
    centres = random.normal(size=(classes, dimension))
    features = centres[labels] + noise * random.normal(size=(200, dimension))
    return (features * 7 + 3).astype(np.float32), labels


def fitted(features, labels, classes, grid=GRID, primary="macro-f1", **options):
    splits = LabelledSplits(labels, TRAIN, VALIDATION, classes, primary)
    return linear_probe.fit(features, splits, grid, **options)


@pytest.mark.parametrize("classes", [2, 4])
def test_the_warm_path_finds_what_a_cold_fit_finds(classes):
    features, labels = made(classes)
    choice = fitted(features, labels, classes)
    mean, spread = features[TRAIN].mean(axis=0), features[TRAIN].std(axis=0)
    scale = np.maximum(spread, np.median(spread))
    cold = LogisticRegression(C=choice.regularisation, max_iter=5000, tol=1e-8)
    cold.fit((features[TRAIN] - mean) / scale, labels[TRAIN])
    expected = cold.predict_proba((features[VALIDATION] - mean) / scale)
    assert np.abs(choice.trained.scores(features[VALIDATION]) - expected).max() < 5e-3
    best = choice.grid["validation"].max()
    assert choice.value == best == validation_score.score("macro-f1", labels[VALIDATION], expected)


def test_validation_is_used_for_the_final_fit_only():
    features, labels = made(3)
    before = fitted(features, labels, 3, grid=(0.1,))
    changed = features.copy()
    changed[VALIDATION] = changed[VALIDATION] * 100 - 50
    after = fitted(changed, labels, 3, grid=(0.1,))
    assert np.array_equal(before.trained.weights, after.trained.weights)
    assert np.array_equal(before.trained.mean, features[TRAIN].astype(float).mean(axis=0))
    assert not np.allclose(before.final.mean, after.final.mean)


def test_the_final_fit_weighs_the_penalty_in_double_precision(monkeypatch):
    """With Python's float, scikit-learn rounds the last digits of every shipped probe otherwise."""
    kinds, fit = [], linear_probe._fit
    monkeypatch.setattr(linear_probe, "_fit", lambda *a: (kinds.append(type(a[1])), fit(*a))[1])
    features, labels = made(2)
    fitted(features, labels, 2)
    assert kinds[-1] is np.float64


def test_a_nearly_constant_feature_gets_no_large_weight():
    features, labels = made(2)
    features[:, 0] = 1e-6 * features[:, 0] + 3
    features[:, 1] = 5
    weights, _ = fitted(features, labels, 2).trained.folded()
    others = np.abs(weights[2:]).max()
    assert np.isfinite(weights).all() and np.abs(weights[:2]).max() < others


def test_folding_the_standardisation_changes_no_score():
    features, labels = made(3)
    features[:, 4] = 12.5  # a constant feature has no spread
    linear = fitted(features, labels, 3).trained
    weights, bias = linear.folded()
    given = softmax(features.astype(float) @ weights + bias, axis=1)
    assert np.allclose(given, linear.scores(features), atol=1e-9)


def test_the_path_ends_after_two_worse_and_equals_go_by_log_loss(monkeypatch):
    features, labels = made(2)
    values = iter([0.5, 0.9, 0.9, 0.8, 0.7, 1.0])
    monkeypatch.setattr(validation_score, "score", lambda *_: next(values))
    choice = fitted(features, labels, 2, grid=(1e-4, 1e-3, 1e-2, 1.0, 10.0, 100.0))
    assert choice.grid["validation"].tolist() == [0.5, 0.9, 0.9, 0.8, 0.7]
    equals = choice.grid[choice.grid["validation"] == 0.9]
    assert choice.regularisation == equals.sort_values("log_loss")["parameter"].iloc[0]


def test_the_edge_of_the_grid_warns_and_its_middle_does_not():
    assert "smallest of the grid" in linear_probe.edge(0.1, (0.1, 1, 10))[0]
    assert "larger one may be better" in linear_probe.edge(10, (0.1, 1, 10))[0]
    assert linear_probe.edge(1, (0.1, 1, 10)) == [] == linear_probe.edge(1, (1,))


def test_a_class_without_training_items_is_never_predicted():
    features, labels = made(3)
    labels[TRAIN] = np.where(labels[TRAIN] == 1, 2, labels[TRAIN])
    scores = fitted(features, labels, 3).trained.scores(features)
    assert scores.shape == (200, 3) and scores[:, 1].max() < 1e-6
    assert np.allclose(scores.sum(axis=1), 1)


def test_one_class_is_refused():
    features, labels = made(2)
    with pytest.raises(UserError, match="two classes"):
        fitted(features, np.zeros_like(labels), 2)


def test_balanced_weights_find_more_of_the_rare_class():
    features, labels = made(2, noise=4)
    keep = (labels == 0) | (np.arange(200) % 6 == 0)
    rows = np.flatnonzero(keep)
    train, validation = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    splits = LabelledSplits(labels, train, validation, 2, "accuracy")
    shares = [
        linear_probe.fit(features, splits, (0.1,), weight)
        .trained.scores(features[validation])
        .argmax(axis=1)
        .mean()
        for weight in (None, "balanced")
    ]
    assert shares[1] > shares[0]
