"""Promises of learning curves, where what more labels bring is known."""

from functools import lru_cache

import numpy as np

from factories import folds, promises
from factories.promises import Outcome, within
from helpers.metrics.learning_curves import extended
from helpers.training.learning_curve import FOLDS, RESAMPLES, SHARES


def _held(curve, truths, gain):
    """Tell whether the point of all items, that of the fewest, and the gain are held."""
    limits = zip(curve.low, truths, curve.high, strict=True)
    fewest, *_, most = [within(*each) for each in limits]
    return {
        "score after all items": most,
        "score after an eighth": fewest,
        "gain of twice the labels": within(curve.gain[1], gain, curve.gain[2]),
    }


def _resampled(right, random):
    """Return shares of right items [1 + R, S] of bool [S, N], the first as it is."""
    items = right.shape[1]
    weights = random.multinomial(items, np.full(items, 1 / items), RESAMPLES) / items
    return np.vstack([right.mean(axis=1), weights @ right.T.astype(float)])


def laws(items, random, level, scale, exponent, luck, flat=0.0) -> Outcome:
    """Follow a power law, or one that stops at ``flat``; each fold's training has some luck.

    Luck is the deviation of the accuracy of one fit by all items; smaller parts have more.
    """
    sizes, fold = SHARES * (1 - 1 / FOLDS), np.arange(items) % FOLDS
    lost = np.maximum(0, scale * np.append(sizes, [1, 2]) ** -exponent - flat)
    chances = level - lost[:-2]
    mean, lucky = np.zeros(FOLDS), []
    for share in SHARES:  # a part holds the half that comes before it, with its luck
        mean = np.sqrt(0.5) * mean + random.normal(size=FOLDS) * (np.sqrt(0.5) if lucky else 1)
        lucky.append(luck * share**-0.5 * mean)
    hard = random.random(items)
    seen = np.where(random.random((len(sizes), items)) < 0.7, hard, random.random((4, items)))
    right = seen < chances[:, None] + np.array(lucky)[:, fold]
    curve = extended("accuracy", items, items * sizes, _resampled(right, random))
    return _held(curve, chances, lost[-2] - lost[-1])


@lru_cache
def _trained(items):
    right = lambda labels, told: float((told.argmax(axis=1) == labels).mean())  # noqa: E731
    return folds.expected(items, right, promises.HUGE // 100, 2000)


def ridge(items, random) -> Outcome:
    """Fit ridge classifiers on growing parts, as `training.learning_curve` does."""
    labels, [seen] = folds.drawn(items, random)
    wanted, fold = np.eye(folds.CLASSES)[labels], random.permutation(items) % FOLDS
    right, sizes = np.zeros((len(SHARES), items), bool), np.zeros(len(SHARES))
    for part in range(FOLDS):
        held, rest = np.flatnonzero(fold == part), random.permutation(np.flatnonzero(fold != part))
        for step, share in enumerate(SHARES):
            learn = rest[: round(share * len(rest))]
            sizes[step] += len(learn) / FOLDS
            solution = folds.solved(seen[learn].T @ seen[learn], seen[learn].T @ wanted[learn])
            right[step, held] = (seen[held] @ solution).argmax(axis=1) == labels[held]
    curve = extended("accuracy", items, sizes, _resampled(right, random))
    gain = _trained(2 * items) - _trained(items)
    return _held(curve, [_trained(round(size)) for size in sizes], gain)
