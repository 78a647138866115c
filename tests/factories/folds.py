"""Worlds of a cross-validation: Gaussian classes and ridge classifiers, equal or not."""

import numpy as np

from helpers.metrics.unit_contributions import Answers

CLASSES, SIZE, PENALTY = 4, 10, 0.3
CENTRES = np.random.default_rng(3).normal(size=(CLASSES, SIZE)) * 0.55


def drawn(items, random, *strengths):
    """Draw items, and what candidates see of them, each with its strength (1 by default)."""
    labels = random.integers(0, CLASSES, items)
    seen = [
        np.c_[share * CENTRES[labels] + random.normal(size=(items, SIZE)), np.ones(items)]
        for share in strengths or (1.0,)
    ]
    return labels, seen


def solved(gram, hits):
    return np.linalg.solve(gram + PENALTY * np.eye(len(gram)), hits)


def scores(values):
    weights = np.exp(3 * values)
    return weights / weights.sum(axis=1, keepdims=True)


def crossed(labels, seen, random, folds=10, repeats=10, groups=None):
    """Cross-validate: what the candidates answer in each repeat, and the folds."""
    made, wanted = [], np.eye(CLASSES)[labels]
    for _ in range(repeats):
        units = np.arange(len(labels)) if groups is None else groups
        fold = random.permutation(np.arange(units.max() + 1) % folds)[units]
        told = np.empty((len(seen), len(labels), CLASSES))
        for k, values in enumerate(seen):
            gram, hits = values.T @ values, values.T @ wanted
            for part in range(folds):
                here = fold == part
                x = values[here]
                solution = solved(gram - x.T @ x, hits - x.T @ wanted[here])
                told[k, here] = scores(x @ solution)
        made.append((Answers(labels, told.argmax(axis=2), CLASSES, list(told), groups), fold))
    return made


def first(repeats):
    """Keep the first candidate alone."""
    return [
        (Answers(a.labels, a.predictions[:1], CLASSES, a.scores[:1], a.groups), fold)
        for a, fold in repeats
    ]


def expected(items, metric, worlds=60, size=1000):
    """What a model trained on so many items scores on average."""
    values = []
    for seed in range(worlds):
        random = np.random.default_rng(10_000 + seed)
        labels, [seen] = drawn(items, random)
        fresh, [other] = drawn(size, random)
        told = scores(other @ solved(seen.T @ seen, seen.T @ np.eye(CLASSES)[labels]))
        values.append(metric(fresh, told))
    return float(np.mean(values))
