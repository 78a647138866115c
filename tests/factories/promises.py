"""One try of each kind of promise, in so many items drawn at random: was it kept?"""

from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.random import Generator
from scipy.special import ndtr

from factories import folds, worlds
from factories.worlds import Draw, Floats
from helpers.comparison import detection, ranking, speech_recognition
from helpers.comparison.board import Board
from helpers.metrics import cross_validation, registry, word_error_intervals, word_error_rate
from helpers.metrics.classification import estimate
from helpers.metrics.paired_tests import pairing, pairing_in_folds
from helpers.metrics.point_values import point_value
from helpers.metrics.resampled_metric import resampled_metric
from helpers.metrics.statistics.intervals import Estimate
from helpers.metrics.statistics.variance_components import components, contrast
from helpers.metrics.unit_contributions import Answers, UnitContributions
from helpers.selection import finite_posterior, successive_elimination
from helpers.selection.rank_agreement import agreement, regret

Outcome = dict[str, tuple[float, float]]  # to 1 kept, 0 not, NaN undefined; and the width
HUGE = 60_000  # items that show the truth


def kept(promise: Any) -> tuple[float, float]:
    return float(promise), np.nan


def within(low: float, truth: float, high: float) -> tuple[float, float]:
    inside = low - 1e-9 <= truth <= high + 1e-9
    return (float(inside), high - low) if np.isfinite(low) else (np.nan, np.nan)


@lru_cache
def _truth(world: str, *more: Any) -> dict[str, float]:
    found = getattr(worlds, world)(Draw(HUGE, np.random.default_rng(0), 3), *more)
    return {name: each.value for name, each in found.items()}


def alone(items: int, random: Generator, world: str, *more: Any) -> Outcome:
    """Hold what very many items of a world show."""
    found, truth = getattr(worlds, world)(Draw(items, random), *more), _truth(world, *more)
    return {name: within(each.low, truth[name], each.high) for name, each in found.items()}


def _rows(found: Sequence[Estimate]) -> list[dict[str, Any]]:
    open_ = {"cost": np.nan, "accuracy": np.nan, "fit_seconds": np.nan}
    return [{"candidate": str(k), **asdict(each), **open_} for k, each in enumerate(found)]


def ranked(
    draw: Draw,
    metric: str,
    levels: Floats,
    positives: float,
    grouped: bool = False,
    margin: float | None = None,
) -> Board:
    """Rank candidates of these recalls, or ROC areas; recognisers are equal; of groups as many.

    From 1 on, ``positives`` are so many classes of one size.
    """
    if metric in registry.functions("edits"):
        tables, code = worlds.edits(draw, len(levels), 10 if grouped else 1, 0.0)
        tables = [word_error_rate.with_capped(each) for each in tables]
        by = draw.resampling(code if grouped else None)
        found = [word_error_intervals.estimates(each, by) for each in tables]
        rows = _rows([each[metric] for each in found])
        return ranking.ranked(speech_recognition.scored(rows, tables, metric, by), 0, margin)
    draw, code = draw.in_groups() if grouped else (draw, None)
    if registry.needs_scores(metric):
        prior = (1 - positives, positives) if positives < 1 else (1 / positives,) * int(positives)
        labels, scores = worlds.probabilities(draw, prior, levels, code)
        answers = Answers(labels, scores.argmax(axis=2), len(prior), list(scores), code)
    else:
        recalls, shares = np.tile(levels, (3, 1)).T.tolist(), (0.9 - positives, positives, 0.1)
        drawn = worlds.answers(draw, shares, recalls, code)
        answers = Answers(*drawn, 3, [None] * len(levels), code)
    every, by = zip(answers.predictions, answers.scores, strict=True), draw.resampling(code)
    rows = _rows([estimate(metric, answers.labels, *e, by, 3) for e in every])
    values, samples = resampled_metric(metric, answers, draw.resamples)
    pair = pairing(metric, answers, values, samples)
    units = UnitContributions(metric, answers).pseudo_values
    scored = ranking.Scored(metric, draw.items, rows, values, samples, pair, units)
    return ranking.ranked(scored, 0, margin)


@lru_cache
def _value(metric: str, level: float, positives: float) -> float:
    board = ranked(Draw(HUGE, np.random.default_rng(0), 3), metric, [level], positives)
    return float(board.winner["value"])


def several(
    items: int,
    random: Generator,
    metric: str,
    levels: Floats,
    positives: float = 0.3,
    grouped: bool = False,
) -> Outcome:
    """Hold the value of the first, and what its tests say; the last is better if not equal."""
    board = ranked(Draw(items, random), metric, levels, positives, grouped)
    truth, pairs = _value(metric, levels[int(board.winner["candidate"])], positives), board.pairs
    result = {"value of the first": within(board.expected.low, truth, board.expected.high)}
    last, first = str(len(levels) - 1), board.winner["candidate"]
    if levels[-1] != levels[0]:
        sure = pairs[pairs[["a", "b"]].isin(["0", last]).all(axis=1)]["p_holm"] < 0.05
        result["lead found"] = kept(sure.iloc[0])
        result["best may be the best"] = kept(last in [first, *board.tied["candidate"]])
    elif len(levels) > 1:
        result["equals not told apart"] = kept(pairs["p_holm"].min() >= 0.05)
    if len(levels) == 2:
        pair = pairs.iloc[0]
        a, b = (_value(metric, levels[int(pair[side])], positives) for side in "ab")
        result["difference"] = within(pair["low"], a - b, pair["high"])
    if len(set(levels)) == len(levels) > 2:
        table, order = board.table, sorted(levels, reverse=True)
        places = [1 + order.index(levels[int(each)]) for each in table["candidate"]]
        result["places of all"] = kept(
            (table["rank_low"] <= places).all() and (table["rank_high"] >= places).all()
        )
    return result


def detectors(items: int, random: Generator, metric: str, *world: Any) -> Outcome:
    """Do not tell equal detectors apart; images may be in groups."""
    draw, each = Draw(items, random), world[1]
    tables = worlds.drawn_boxes(draw, *world, models=2)
    groups = np.arange(items).repeat(each) if each > 1 else None
    row = lambda run, found: _rows([found])[0] | {"candidate": str(run)}  # noqa: E731
    pair = detection.scored(tables, [0.4, 0.4], metric, draw.resampling(groups), row).pair(0, 1)
    return {
        "equals not told apart": kept(pair.p >= 0.05),
        "difference": within(pair.low, 0.0, pair.high),
    }


@lru_cache
def _spread(luck: float) -> float:
    """What other training moves the share of right answers by, as a standard deviation."""
    places, weights = np.polynomial.hermite_e.hermegauss(60)
    shares = ndtr(1.03643 * np.sqrt(1 + luck**2) - luck * places)
    mean = weights @ shares / weights.sum()
    return float(np.sqrt(weights @ (shares - mean) ** 2 / weights.sum()))


def seeds(items: int, random: Generator, runs: int, luck: float = 0.1) -> Outcome:
    """Hold the mean of runs; do not tell them from an equal family, nor from one run."""
    noise = np.sqrt(0.6) * random.normal(size=items)
    noise = noise + np.sqrt(0.4) * random.normal(size=(2, runs, items))
    right = noise + luck * random.normal(size=(2, runs, 1)) < 1.03643 * np.sqrt(1 + luck**2)  # 85 %
    (ours, theirs), mean = right.astype(float), components(right[0].astype(float))
    return {
        "mean of the runs": within(mean.low, 0.85, mean.high),
        "spread by training": within(mean.training_low, _spread(luck), mean.training_high),
        "equal families not told apart": kept(contrast(ours, theirs)[3] >= 0.05),
        "equal single run not told apart": kept(contrast(ours, theirs[:1])[3] >= 0.05),
    }


def race(
    items: int, random: Generator, metric: str, prior: Floats, recalls: Sequence[Floats]
) -> Outcome:
    """Keep the one that is best on all items."""
    order, drawn = random.permutation(items), worlds.answers(Draw(items, random), prior, recalls)
    labels, said = (each[..., order] for each in drawn)
    names = [*map(str, range(len(said)))]
    found = successive_elimination.run(names, lambda name, n: said[int(name), :n], labels, metric)
    values = np.array([finite_posterior.value(metric, labels, each) for each in said])
    return {"best not lost": kept(values[[*map(int, found.left)]].max() == values.max())}


def selection(items: int, random: Generator, spread: float) -> Outcome:
    """Hold what following a predicted order of eight models costs; its tau has no interval."""
    draw = Draw(items, random)
    skill = np.clip(0.85 + spread * random.normal(size=8), 0.3, 0.99)
    predicted = skill + (spread or 0.01) * random.normal(size=8)
    labels, said = worlds.answers(draw, (0.5, 0.5), np.column_stack([skill, skill]).tolist())
    right, least = (said == labels).T, 1 / (items + 2)
    drawn = draw.resampling().drawn(right) / items
    found = agreement(predicted, right.mean(axis=0), drawn, least_error=least)
    result = {"regret": within(found.regret_low, regret(predicted, skill), found.regret_high)}
    if spread:
        return result
    chance = {"tau of no order": within(found.null_low, found.tau, found.null_high)}
    return result | chance | {"no order found among equals": kept(found.p >= 0.05)}


@lru_cache
def _trained(items: int, metric: str) -> float:
    entry = registry.METRICS[metric]
    return folds.expected(items, lambda labels, scores: point_value(entry, labels, scores))


def in_folds(items: int, random: Generator, metric: str) -> Outcome:
    """Hold what a model trained on as many items scores; tell no equals apart."""
    repeats = folds.crossed(*folds.drawn(items, random, 1.0, 1.0), random)
    alone, scores = folds.first(repeats), cross_validation.fold_scores(metric, repeats)
    first = alone[0][0]
    answers = first.labels, first.predictions[0], first.scores[0]
    pooled = estimate(metric, *answers, Draw(items, random).resampling(), folds.CLASSES)
    found = cross_validation.estimate(metric, alone, pooled)
    pair = pairing_in_folds(lambda a, b: scores, scores.values, items)(0, 1)
    return {
        metric: within(found.low, _trained(items, metric), found.high),
        "equals not told apart": kept(pair.p >= 0.05),
        "difference": within(pair.low, 0.0, pair.high),
    }
