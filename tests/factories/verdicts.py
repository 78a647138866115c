"""Promises of what is said of differences: a margin, few positives, several data sets."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtri, softmax

from factories import promises, worlds
from factories.promises import Outcome, _rows, _value, kept, ranked, within
from factories.worlds import Draw, Floats
from helpers.comparison import ranking, two_files
from helpers.comparison.board import SAME
from helpers.metrics.cross_validation import fold_scores
from helpers.metrics.paired_tests import pairing, pairing_in_folds
from helpers.metrics.resampled_metric import resampled_metric
from helpers.metrics.statistics import multiple_datasets
from helpers.metrics.statistics.intervals import Estimate
from helpers.metrics.statistics.power import mcnemar_power
from helpers.metrics.unit_contributions import Answers, UnitContributions

MANY = 20  # draws that show a small difference


def margin(items: int, random: Generator, metric: str, levels: Floats, positives: float) -> Outcome:
    """Neither call the same nor surely worse what differs by just the margin."""
    apart = _apart(metric, levels, positives).mean
    board = ranked(Draw(items, random), metric, levels, positives, margin=apart)
    better = str(int(levels[1] > levels[0]))
    return {
        "not called the same": kept(board.table["verdict"].iloc[1] != SAME),
        "not called worse by more": kept(not two_files.verdict(board, better)[0]),
    }


def _guessed(
    items: int, random: Generator, positives: int, runs: int, groups: NDArray | None = None
) -> Answers:
    """Draw two equal families of runs, and so many positives; above half as many classes alike."""
    classes = positives if 2 < positives < items / 2 - 1 else 2
    labels = (
        np.arange(items) % classes if classes > 2 else (np.arange(items) < positives).astype(int)
    )
    own = random.normal(size=(2, 1, items, classes))
    seen = own + 0.4 * random.normal(size=(2, runs, items, classes)) + np.eye(classes)[labels]
    scores = softmax(seen.reshape(-1, items, classes), axis=-1)
    return Answers(labels, scores.argmax(axis=2), classes, list(scores), groups)


def families(items: int, random: Generator, metric: str, positives: int, runs: int) -> Outcome:
    """Do not tell equal families of runs apart by few positives, or items of a class."""
    answers = _guessed(items, random, positives, runs)
    values, samples = resampled_metric(metric, answers, 300)
    units = UnitContributions(metric, answers)
    names = [f"{family}-seed-{run}" for family in "ab" for run in range(runs)]
    found = [Estimate(value, np.nan, np.nan, "") for value in values]
    rows = [row | {"candidate": name} for row, name in zip(_rows(found), names, strict=True)]
    each = pairing(metric, answers, values, samples), units.pseudo_values, units.tossed
    scored = ranking.Scored(metric, items, rows, values, samples, *each)
    [pair] = ranking.ranked(scored, 0, None).pairs.itertuples()
    return {
        "equals not told apart": kept(pair.p_holm >= 0.05),
        "difference": within(pair.low, 0.0, pair.high),
    }


def few_in_folds(
    items: int, random: Generator, metric: str, positives: int, count: int = 0
) -> Outcome:
    """Do not tell equals apart in folds with few positives, or of so few groups."""
    groups = np.arange(items) % count if count else None
    answers = _guessed(items, random, positives, 1, groups)
    fold = random.permutation(items) % 10 if groups is None else groups
    scores = fold_scores(metric, [(answers, fold)])
    pair = pairing_in_folds(lambda a, b: scores, scores.values, items)(0, 1)
    return {
        "equals not told apart": kept(pair.p >= 0.05),
        "difference": within(pair.low, 0.0, pair.high),
    }


def within_study(
    items: int, random: Generator, metric: str, levels: Floats, grouped: bool = False
) -> Outcome:
    """Seldom call it probable that one is better by more than it is."""
    apart = abs(_value(metric, levels[0], 0.3) - _value(metric, levels[1], 0.3))
    [pair] = ranked(Draw(items, random), metric, levels, 0.3, grouped).pairs.itertuples()
    found = multiple_datasets.within(pair.difference, pair.error, apart, pair.high - pair.low)
    sure = found.better if levels[int(pair.a)] > levels[int(pair.b)] else found.worse
    return {"not called better by more": kept(not sure > 0.95)}


class _Apart(NamedTuple):
    """How far two candidates are apart, and what items say of it: a deviation, or who is right."""

    mean: float
    spread: float
    differ: float


@lru_cache
def _apart(metric: str, levels: Floats, positives: float) -> _Apart:
    """Measure a difference in accuracy or log loss: one draw moves it by a fiftieth, so many do."""
    gaps = []
    for seed in range(MANY):
        draw = Draw(promises.HUGE, np.random.default_rng(seed))
        if metric == "accuracy":
            recalls = np.tile(levels, (3, 1)).T.tolist()
            labels, said = worlds.answers(draw, (0.9 - positives, positives, 0.1), recalls)
            gaps.append((said[1] == labels).astype(float) - (said[0] == labels))
        else:
            labels, scores = worlds.probabilities(draw, (1 - positives, positives), levels)
            losses = -np.log(scores[:, np.arange(promises.HUGE), labels])
            gaps.append(losses[1] - losses[0])
    gap = np.concatenate(gaps)
    mean = levels[1] - levels[0] if metric == "accuracy" else gap.mean()
    return _Apart(abs(float(mean)), float(gap.std()), float(np.mean(gap != 0)))


def _needed(metric: str, levels: Floats, positives: float) -> float:
    """Items on which four tests in five find the difference."""
    apart = _apart(metric, levels, positives)
    if apart.mean == 0:
        return np.inf
    if metric == "accuracy":
        found = lambda n: mcnemar_power(apart.mean, apart.differ, round(n), 0.05) - 0.8  # noqa: E731
        return float(brentq(found, 10, 1e5, xtol=1))
    return float(((ndtri(0.975) + ndtri(0.8)) * apart.spread / apart.mean) ** 2)


def items_needed(
    items: int, random: Generator, metric: str, levels: Floats, positives: float
) -> Outcome:
    """Hold the items that the true difference takes between those that the limits take."""
    [pair] = ranked(Draw(items, random), metric, levels, positives).pairs.itertuples()
    truth = _needed(metric, levels, positives)
    return {"items needed": kept(pair.items_low <= 1.005 * truth and truth <= pair.items_high)}


def enough(
    items: int, random: Generator, metric: str, levels: Floats, positives: float, most: int = 20_000
) -> Outcome:
    """Find a lead on as many items as were said to be needed for it, four times in five."""
    apart = _apart(metric, levels, positives).mean
    board = ranked(Draw(items, random), metric, levels, positives, margin=apart)
    needed = min(most, int(board.table["needed"].iloc[1]))
    more = ranked(Draw(needed, random), metric, levels, positives).pairs
    return {"lead found on the items needed": kept(more["p"].iloc[0] < 0.05)}


def across(sets: int, random: Generator, candidates: int, spread: float, rope: float) -> Outcome:
    """Tell no equals apart over data sets, nor call better what is so by the margin alone."""
    scores = 0.8 + spread * random.normal(size=(sets, candidates))
    ranks = multiple_datasets.ranks(scores)
    result = {
        "equals over data sets not told apart": kept(multiple_datasets.friedman(ranks) >= 0.05),
        "no pair of equals told apart": kept(multiple_datasets.nemenyi(scores).min() >= 0.05),
    }
    gap = rope + np.sqrt(2) * spread * random.normal(size=sets)
    found = multiple_datasets.signed_rank(gap, rope)
    return result | {
        "not called better by more than the margin": kept(found.better <= 0.95),
        "not called the same": kept(found.same <= 0.95),
    }
