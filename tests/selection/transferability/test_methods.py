"""All cheap scores of a candidate: what moves them, and what they may see."""

import numpy as np
import pytest
from scipy.stats import ortho_group

from helpers.selection.transferability import h_score, knn, logme, methods
from helpers.selection.transferability.methods import METHODS, STATIC
from helpers.training.labelled_splits import LabelledSplits

SHAPES = [(90, 12), (40, 130)]  # more items than features, and fewer


def made(items=90, dimension=12, classes=3, gap=1.0, seed=0):
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, items)
    centres = random.normal(size=(classes, dimension)) * gap
    return centres[labels] + random.normal(size=(items, dimension)), labels


ROTATED = {
    "logme": logme.score,
    "h-score": h_score.score,
    "neighbours": lambda x, y: knn.scores(x, y, x[:9], 3).sum(axis=0),
}


@pytest.mark.parametrize("name", ROTATED)
@pytest.mark.parametrize(("items", "dimension"), SHAPES)
def test_neither_rotation_nor_scale_moves_a_score(name, items, dimension):
    features, labels = made(items, dimension)
    turned = features @ ortho_group.rvs(dimension, random_state=1)
    score = ROTATED[name]
    assert np.allclose(score(turned, labels), score(features, labels), atol=1e-6)
    assert np.allclose(score(features * 1e3, labels), score(features, labels), atol=1e-6)


def labelled(labels, classes=3):
    train = np.arange(len(labels)) % 3 > 0
    return LabelledSplits(
        labels, np.flatnonzero(train), np.flatnonzero(~train), classes, "accuracy"
    )


def scored(features, labels, **more):
    found = methods.measure(features.astype(np.float32), labelled(labels, **more))
    return {score.method: score.value for score in found}


def test_every_method_sees_that_one_backbone_is_better():
    (good, labels), (poor, _) = made(300, 30, gap=0.8), made(300, 30, gap=0.1)
    better, worse = scored(good, labels), scored(poor, labels)
    looking = set(METHODS) - {"logistic-probe", "leep", *STATIC}
    assert looking <= set(better)
    assert all(better[name] > worse[name] for name in looking)


HARD = {
    "fewer items than features": lambda x, y: (np.tile(x, 4)[:36], y[:36]),
    "a class missing": lambda x, y: (x, np.where(y == 1, 2, y)),
    "one class only": lambda x, y: (x, y * 0),
    "constant features": lambda x, y: (x * 0 + 5, y),
    "one constant feature": lambda x, y: (np.hstack([x, x[:, :1] * 0 + 1e4]), y),
    "every row twice": lambda x, y: (np.repeat(x, 2, axis=0), np.repeat(y, 2)),
    "every column twice": lambda x, y: (np.hstack([x, x]), y),
}


@pytest.mark.parametrize("case", HARD)
def test_hard_features_give_a_number(case):
    features, labels = HARD[case](*made(90, 12))
    known = {name: value for name, value in scored(features, labels).items() if name != "leep"}
    assert np.isfinite(list(known.values())).all()


def test_a_head_gives_leep_and_none_says_why():
    features, labels = made()
    head = (
        np.random.default_rng(1).normal(size=(12, 5)).astype(np.float32),
        np.zeros(5, np.float32),
    )
    with_head = methods.measure(features.astype(np.float32), labelled(labels), head)
    assert with_head[-1].method == "leep" and with_head[-1].value < 0
    without = methods.measure(features.astype(np.float32), labelled(labels))
    assert np.isnan(without[-1].value) and "head" in without[-1].note


def test_no_item_beyond_train_and_validation_counts():
    features, labels = made(120)
    sides = LabelledSplits(labels, np.arange(60), np.arange(60, 90), 3, "accuracy")
    first = methods.measure(features, sides)
    changed, other = features.copy(), labels.copy()
    changed[90:], other[90:] = 1e6, 0
    second = methods.measure(
        changed, LabelledSplits(other, sides.train, sides.validation, 3, "accuracy")
    )
    pairs = zip(first, second, strict=True)
    assert all(a.value == b.value or a.method == "leep" for a, b in pairs)
