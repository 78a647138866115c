"""Every metric's interval, on many small and odd inputs: it holds the value and has a width."""

import warnings

import numpy as np
import pytest

from helpers.metrics import registry, word_error_intervals
from helpers.metrics.calibration import calibration
from helpers.metrics.classification import estimates
from helpers.metrics.confusion_intervals import class_intervals
from helpers.metrics.correlation import pearson
from helpers.metrics.selective_prediction import risk_coverage
from helpers.metrics.statistics.bootstrap import Resampling

LEAST_WIDTH = 1e-6


def of_scores(kind, labels, classes, random):
    items, right = len(labels), random.random(len(labels)) < random.choice([0, 0.5, 0.9, 1.0])
    said = np.where(right, labels, random.integers(0, classes, items))
    sure = np.full((items, classes), 0.01 / (classes - 1))
    sure[np.arange(items), said] = 0.99
    return {
        "spread": random.dirichlet(np.full(classes, 0.5), items),
        "certain": np.eye(classes)[said],
        "nearly certain": sure,
        "uniform": np.full((items, classes), 1 / classes),
        "constant": np.eye(classes)[np.zeros(items, int)] * 0.9 + 0.1 / classes,
        "tied": np.round(random.dirichlet(np.ones(classes), items), 1),
    }[kind]


def sane(name, found):
    entry = registry.METRICS.get(name)
    assert np.isfinite(found.low) == np.isfinite(found.high), (name, found)
    if np.isnan(found.low):
        assert found.note, (name, found)
        return
    assert found.low <= found.value <= found.high, (name, found)
    assert found.high - found.low > LEAST_WIDTH, (name, found)
    if entry is not None and name != "correlation":
        assert found.low >= entry.lowest and found.high <= entry.highest, (name, found)


@pytest.fixture(autouse=True)
def strict():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def resampling(items, seed, random):
    many = int(random.choice([0, 0, 0, 1, 2, 3, 6, 25]))
    return Resampling(150, seed, random.integers(0, many, items) if many else None)


@pytest.mark.parametrize(
    "kind", ["spread", "certain", "nearly certain", "uniform", "constant", "tied"]
)
def test_classification(kind):
    random = np.random.default_rng(len(kind))
    for seed in range(80):
        items = int(random.choice([1, 2, 3, 4, 5, 6, 8, 15, 20, 21, 40]))
        classes = int(random.choice([2, 2, 3, 5, 12]))
        labels = random.integers(0, classes, items) * (random.random(items) < random.random())
        scores, drawn = of_scores(kind, labels, classes, random), resampling(items, seed, random)
        said, surest = scores.argmax(axis=1), scores.max(axis=1)
        for name, found in estimates(labels, said, scores, drawn).items():
            sane(name, found)
        for row in class_intervals(labels, said, classes, drawn):
            for name, found in row.items():
                sane(f"{name} of a class", found)
        sane("expected-calibration-error", calibration(surest, said == labels, drawn).error)
        curve = risk_coverage(surest, said != labels, drawn)
        sane("aurc", curve.area)
        sane("excess-aurc", curve.excess)
        assert (curve.low <= curve.risk).all() and (curve.risk <= curve.high).all()
        assert (curve.high - curve.low > LEAST_WIDTH).all()


def test_correlation():
    random = np.random.default_rng(1)
    for seed in range(200):
        items = int(random.choice([2, 4, 5, 8, 20, 50]))
        x = random.normal(size=items)
        y = x * random.choice([-1, 0, 0.5, 1]) + random.choice([0, 1]) * random.normal(size=items)
        x, y = (np.round(part) if seed % 3 == 0 else part for part in (x, y))
        sane("correlation", pearson(x, y, resampling(items, seed, random)))


def test_speech():
    random = np.random.default_rng(2)
    for seed in range(200):
        items = int(random.choice([1, 2, 3, 4, 5, 8, 20, 50]))
        words = random.integers(0, 9, items) * int(random.choice([0, 1, 1, 1]))
        wrong = random.binomial(12, random.choice([0, 0.1, 1.0]), items)
        missed = np.minimum(wrong, words)
        row = [words - missed, missed, 0 * words, wrong - missed]
        table = np.column_stack([*row, *row])
        for name, found in word_error_intervals.estimates(
            table, resampling(items, seed, random)
        ).items():
            sane(name, found)
