"""LEEP: the expectation that defines it."""

import numpy as np
import pytest

from helpers.selection.transferability import leep


def made(items=90, dimension=12, classes=3, gap=1.0, seed=0):
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, items)
    centres = random.normal(size=(classes, dimension)) * gap
    return centres[labels] + random.normal(size=(items, dimension)), labels


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
