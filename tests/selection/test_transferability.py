"""Cheap scores of features: each against a second way to the same number."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_normal, ortho_group
from sklearn.covariance import LedoitWolf
from sklearn.linear_model import Ridge, RidgeClassifierCV
from sklearn.neighbors import KNeighborsClassifier

from helpers.selection.transferability import h_score, knn, leep, logme, methods, ridge
from helpers.selection.transferability.methods import METHODS, STATIC
from helpers.training.labelled_splits import LabelledSplits

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


def test_ridge_is_blind_to_units_and_to_features_that_do_not_move():
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


def brute_evidence(features, target, alpha, beta):
    """Density of the target where weights and noise have these precisions: no algebra shared."""
    covariance = features @ features.T / alpha + np.eye(len(target)) / beta
    return multivariate_normal(np.zeros(len(target)), covariance).logpdf(target)


@pytest.mark.parametrize(("items", "dimension"), [(30, 5), (12, 40)])
def test_logme_is_the_greatest_evidence_there_is(items, dimension):
    features, labels = made(items, dimension, classes=2, gap=0.5)
    expected = []
    for code in (0, 1):
        target = (labels == code).astype(float)
        loss = lambda logs, of=target: -brute_evidence(features, of, *np.exp(logs))  # noqa: E731
        starts = [(alpha, beta) for alpha in (-2, 2, 6) for beta in (-1, 2, 5)]
        found = [minimize(loss, start, method="Nelder-Mead").fun for start in starts]
        expected.append(-min(found) / items)
    assert logme.score(features, labels) == pytest.approx(np.mean(expected), abs=1e-5)


def test_logme_leaves_nothing_out_where_features_outnumber_items():
    features, labels = made(12, 40, classes=2)
    target = (labels == 1).astype(float)
    own = logme.decompose(features)
    inside, ratio = (own.left.T @ target) ** 2, 3.0
    outside = (target**2).sum() - inside.sum()
    left = outside + (inside * ratio / (ratio + own.values)).sum()
    beta = len(target) / left
    exact = brute_evidence(features, target, ratio * beta, beta)
    found = logme.evidence(np.log(ratio), own.values, inside, outside, len(target))
    assert found == pytest.approx(exact, abs=1e-8)
    dropped = (features.shape[1] - len(own.values)) / 2 * np.log(ratio * beta)
    assert abs(dropped) > 1  # what the authors' code leaves out is no rounding error


def test_h_score_is_the_trace_it_says():
    features, labels = made(60, 8)
    fitted = LedoitWolf().fit(features)
    means = np.stack([features[labels == code].mean(axis=0) for code in range(3)])[labels]
    between = np.cov(means.T, bias=True)
    expected = (1 - fitted.shrinkage_) * np.trace(np.linalg.inv(fitted.covariance_) @ between)
    assert h_score.score(features, labels) == pytest.approx(expected, rel=1e-9)
    assert h_score.score(np.ones((9, 4)), labels[:9]) == 0


def test_leep_is_the_expectation_it_says():
    random = np.random.default_rng(0)
    source, labels = random.dirichlet(np.ones(4), 30), random.integers(0, 3, 30)
    total = 0.0
    for item in range(30):
        expected = 0.0
        for z in range(4):
            of_label = source[labels == labels[item], z].sum()
            expected += source[item, z] * of_label / source[:, z].sum()
        total += np.log(expected)
    assert leep.score(source, labels) == pytest.approx(total / 30)
    assert leep.score(np.eye(3)[labels], labels) == pytest.approx(0)
    blind = leep.score(np.full((30, 4), 0.25), labels)
    shares = np.bincount(labels) / 30
    assert blind == pytest.approx((shares * np.log(shares)).sum())


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


def test_no_item_beyond_the_two_sides_has_a_say():
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
