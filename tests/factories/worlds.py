"""Worlds drawn anew for each try, and the estimates that the shipped functions make of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import expit, ndtri, softmax

from helpers.metrics import detection, word_error_intervals, word_error_rate
from helpers.metrics.calibration import calibration
from helpers.metrics.classification import estimates
from helpers.metrics.confusion_intervals import count_intervals, share
from helpers.metrics.correlation import pearson
from helpers.metrics.detection import DetectionTable
from helpers.metrics.selective_prediction import risk_coverage
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import Estimate

Found = dict[str, Estimate]
Floats = Sequence[float]


@dataclass(frozen=True)
class Draw:
    """So many items, or groups of them, drawn at random and resampled half as often as usual."""

    items: int
    random: Generator
    resamples: int = 1000

    def resampling(self, groups: NDArray | None = None) -> Resampling:
        """Resample as a study does: with one seed."""
        return Resampling(self.resamples, 0, groups)

    def normal(self, *more: int) -> NDArray[np.float64]:
        """Draw normal numbers, [..., N]."""
        return self.random.normal(size=(*more, self.items))

    def labels(self, prior: Floats) -> NDArray[np.int64]:
        """Return class codes [N] in these shares, as a stratified split has them."""
        return np.searchsorted(np.cumsum(prior)[:-1], (np.arange(self.items) + 0.5) / self.items)

    def in_groups(self) -> tuple["Draw", NDArray[np.int64]]:
        """Draw the items of as many groups of unequal sizes: one for items, and their groups."""
        sizes = np.exp(1.5 + 0.8 * self.normal()).round().clip(1, 40).astype(int)
        code = np.repeat(np.arange(self.items), sizes)
        return replace(self, items=len(code)), code


def noise(draw: Draw, *candidates: int, code: NDArray | None = None) -> NDArray[np.float64]:
    """Draw noise [M, N] of deviation 1, half of it alike, and half of that in a group, if any."""
    every = np.sqrt(0.5) * (draw.normal() + draw.normal(*candidates))
    if code is None:
        return every
    shared, own = (
        draw.random.normal(size=code[-1] + 1),
        draw.normal(*candidates)[..., : code[-1] + 1],
    )
    return np.sqrt(0.5) * (every + np.sqrt(0.5) * (shared + own)[..., code])


def answers(
    draw: Draw, prior: Floats, recalls: Sequence[Floats], code: NDArray | None = None
) -> tuple[NDArray, NDArray]:
    """Draw labels [N] and what candidates of these recalls [M, K] predict, errors alike, [M, N]."""
    labels, random, size = draw.labels(prior), draw.random, (len(recalls), draw.items)
    hard = noise(draw, len(recalls), code=code)
    labels = labels if code is None else random.permutation(labels)
    offs = random.integers(1, len(prior), draw.items), random.integers(1, len(prior), size)
    wrong = (labels + np.where(random.random(size) < 0.7, *offs)) % len(prior)
    return labels, np.where(hard < ndtri(np.take(recalls, labels, axis=1)), labels, wrong)


def probabilities(
    draw: Draw, prior: Floats, apart: Floats, code: NDArray | None = None
) -> tuple[NDArray, NDArray]:
    """Draw labels [N] and calibrated scores [M, N, K]; of two classes ROC areas ``ndtr(apart)``."""
    labels, far = draw.labels(prior), np.reshape(apart, (-1, 1, 1))
    labels = labels if code is None else draw.random.permutation(labels)
    classes = [noise(draw, len(far), code=code) for _ in prior]
    seen = np.stack(classes, axis=-1) + far * np.eye(len(prior))[labels]
    return labels, softmax(far * seen + np.log(prior), axis=-1)


def edits(draw: Draw, models: int, each: int, invented: float) -> tuple[list[NDArray], NDArray]:
    """Draw edits [N, 8] of 3 to 20 words, 12 % missed or 200 ``invented``; speakers of ``each``.

    Several models find some of the speakers hard that others do not.
    """
    random, items, tables = draw.random, draw.items, []
    code, words = np.arange(items) // each, random.integers(3, 21, items)
    hard = random.gamma(4, 0.25, items)[code]
    for _ in range(models):
        own = random.gamma(8, 0.125, items)[code] if each > 1 and models > 1 else 1.0
        share = 0.12 * hard * own * random.gamma(4, 0.25, items)
        missed = random.binomial(words, np.clip(share, 0, 1))
        added = 200 * (random.random(items) < invented)
        tables.append(np.tile(np.stack([words - missed, missed, 0 * words, added], axis=1), 2))
    return tables, code


def counts(draw: Draw, prior: Floats, recall: Floats) -> Found:
    """Estimate metrics of counts."""
    labels, said = answers(draw, prior, [recall])
    return count_intervals(labels, said[0], len(prior), draw.resampling())


def scores(draw: Draw, prior: Floats, apart: float) -> Found:
    """Estimate all metrics of labels and probabilities."""
    labels, [drawn] = probabilities(draw, prior, [apart])
    said = drawn.argmax(axis=1)
    curve = risk_coverage(drawn.max(axis=1), said != labels, draw.resampling())
    areas = {"aurc": curve.area, "excess-aurc": curve.excess}
    return estimates(labels, said, drawn, draw.resampling()) | areas


def confidence(draw: Draw, said: float, right: float | None = None) -> Found:
    """Estimate the calibration of logits ``said`` times too large, or of one confidence."""
    spread = abs(draw.normal())
    stated, chance = expit(2 * said * spread), expit(2 * spread)
    if right is not None:
        stated, chance = np.clip(said + 0.002 * spread, 0.5, 0.99999), right + 0 * spread
    hit = draw.random.random(draw.items) < chance
    return {"expected-calibration-error": calibration(stated, hit, draw.resampling()).error}


def numbers(draw: Draw, rho: float, heavy: bool = False, each: int = 1) -> Found:
    """Estimate a correlation, with heavy tails, or half of it that of groups of ``each``."""
    code = np.arange(draw.items) // each
    noise = np.sqrt(0.5) * (draw.normal(2) + draw.normal(2)[:, code])
    noise *= np.sqrt(5 / draw.random.chisquare(5, draw.items)) if heavy else 1.0
    y = rho * noise[0] + np.sqrt(1 - rho**2) * noise[1]
    return {"correlation": pearson(noise[0], y, draw.resampling(code if each > 1 else None))}


def groups(draw: Draw, right: float, alike: float, each: int = 0) -> Found:
    """Estimate shares of items that are right alike in groups of unequal size, or of ``each``."""
    sizes = np.exp(2 + 0.9 * draw.normal()).round().clip(1, 80).astype(int)
    code, both = np.repeat(np.arange(draw.items), each or sizes), 1 / alike - 1
    chance = draw.random.beta(both * right, both * (1 - right), draw.items)[code]
    hit, labels = draw.random.random(len(code)) < chance, draw.random.integers(0, 2, len(code))
    drawn, said = draw.resampling(code), np.where(hit, labels, 1 - labels)
    return count_intervals(labels, said, 2, drawn, "macro-f1") | {"share": share(hit, drawn)}


def speech(draw: Draw, each: int = 1, invented: float = 0.0) -> Found:
    """Estimate error rates, and shares of utterances."""
    [table], code = edits(draw, 1, each, invented)
    drawn, wrong = draw.resampling(code if each > 1 else None), word_error_rate.word_errors(table)
    full = share(wrong > word_error_rate.reference_words(table), drawn)
    shares = {"faultless-share": share(wrong == 0, drawn), "runaway-share": full}
    # The rate of hallucinations is counted alike, on recordings without speech.
    return word_error_intervals.estimates(table, drawn) | shares | {"hallucination-rate": full}


def drawn_boxes(
    draw: Draw, classes: int, each: int, skill: float, false: float, models: int = 1
) -> list[DetectionTable]:
    """Draw images of 3 objects on average, in groups of ``each``, and what detectors find.

    Objects of an image and images of a group are alike in how hard they are; classes are Zipf's.
    """
    random, count = draw.random, draw.items * each
    ease = (draw.normal().repeat(each) + random.normal(size=count)) * np.sqrt(0.5)
    at = np.arange(count).repeat(random.poisson(3 * random.gamma(2, 0.5, count)))
    size, prior = len(at), 1 / np.arange(1, classes + 1)
    label = random.choice(classes, size, p=prior / prior.sum())
    corner, side = random.uniform(0, 600, (size, 2)), np.exp(random.normal(4, 0.8, (size, 2)))
    large = np.log(side[:, 0] / 55)
    own, ignored = random.normal(size=size) * np.sqrt(0.5), np.zeros(size, bool)
    truth = np.hstack([corner, side])
    made = (count, classes, at, label, truth, ignored)
    tables = []
    for _ in range(models):
        luck = own + random.normal(size=size) * np.sqrt(0.5)
        clear = 2 * skill + 0.7 * ease[at] + 0.3 * large + luck
        hit, noise = clear > 0.6, np.exp(-0.35 * clear - 1.9)[:, None]
        moved = corner + side * noise * random.normal(size=(size, 2))
        near = np.hstack([moved, side * np.exp(noise * random.normal(size=(size, 2)))])
        said = np.where(random.random(size) < 0.94, label, random.integers(0, classes, size))
        beside = np.arange(count).repeat(random.poisson(false * np.exp(-0.4 * ease)))
        more = len(beside)
        wrong = [random.uniform(0, 600, (more, 2)), np.exp(random.normal(4, 0.8, (more, 2)))]
        sure = clear - 1.1 + 0.7 * random.normal(size=size), random.normal(-1.2, 1, more)
        others = random.choice(classes, more, p=prior / prior.sum())
        images, names = np.append(at[hit], beside), np.append(said[hit], others)
        scores = expit(np.append(sure[0][hit], sure[1]))
        drawn = np.vstack([near[hit], np.hstack(wrong)])
        tables.append(DetectionTable(*made, images, names, drawn, scores))
    return tables


def boxes(
    draw: Draw, classes: int = 3, each: int = 1, skill: float = 0.8, false: float = 1.5
) -> Found:
    """Estimate the metrics of found boxes, those of the rarest class, and false alarms."""
    draw = replace(draw, items=min(draw.items, 60_000 // each))
    [table] = drawn_boxes(draw, classes, each, skill, false)
    groups = np.arange(draw.items).repeat(each) if each > 1 else None
    found, drawn = detection.match(table), draw.resampling(groups)
    rare = detection.by_class(found, drawn).iloc[-1]
    alone = Estimate(rare["ap"], rare["low"], rare["high"], "")
    false_alarms = detection.froc(found, drawn)[0.8]
    more = {"average precision of the rarest class": alone, "froc-80": false_alarms}
    return detection.estimates(found, drawn, 0.4) | more
