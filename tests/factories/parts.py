"""Promises of parts of a test: classes, slices, bins of confidence, the items that are answered."""

from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.random import Generator
from scipy.special import expit, ndtr

from factories import promises, worlds
from factories.promises import Outcome, kept, within
from factories.worlds import Draw, Floats
from helpers.evaluation import classification_findings
from helpers.evaluation.confidence import Confidence
from helpers.metrics import word_error_intervals
from helpers.metrics.calibration import calibration, equal_mass_bins, reliability
from helpers.metrics.confusion_intervals import class_intervals
from helpers.metrics.selective_prediction import risk_coverage
from helpers.metrics.slices import by_slice

SLICES = {"large": 0.6, "middle": 0.3, "small": 0.1}
MIXES = {"large": (0.5, 0.3, 0.2), "middle": (0.2, 0.3, 0.5), "small": (0.5, 0.3, 0.2)}


def _drawn(draw: Draw, prior: Floats, recalls: Floats, grouped: bool) -> tuple:
    draw, code = draw.in_groups() if grouped else (draw, None)
    labels, [said] = worlds.answers(draw, prior, [recalls], code)
    return labels, said, np.arange(draw.items) if code is None else code


@lru_cache
def _of_classes(prior: Floats, recalls: Floats) -> list:
    labels, said, _ = _drawn(
        Draw(promises.HUGE, np.random.default_rng(0), 3), prior, recalls, False
    )
    return class_intervals(labels, said, len(prior))


def classes(
    items: int, random: Generator, prior: Floats, recalls: Floats, grouped: bool = False
) -> Outcome:
    """Hold what is said of the most frequent class, and of the rarest."""
    draw = Draw(items, random)
    labels, said, code = _drawn(draw, prior, recalls, grouped)
    found = class_intervals(labels, said, len(prior), draw.resampling(code if grouped else None))
    truth, result = _of_classes(prior, recalls), {}
    for of, k in (("the largest class", 0), ("the rarest class", -1)):
        for name, each in found[k].items():
            result[f"{name} of {of}"] = within(each.low, truth[k][name].value, each.high)
    return result


def slices(
    items: int, random: Generator, metric: str, worse: float = 0.0, grouped: bool = False
) -> Outcome:
    """Hold the metric of a large and a small slice; call slices alike where all classes are."""
    parts, truths = [], {}
    for name, share in SLICES.items():
        recalls = tuple(each - worse * (name == "small") for each in (0.9, 0.8, 0.6))
        draw = Draw(round(share * items), random)
        labels, said, code = _drawn(draw, MIXES[name], recalls, grouped)
        parts.append((labels, said, np.char.add(name, code.astype(str)), [name] * len(code)))
        truths[name] = promises._truth("counts", MIXES[name], recalls)[metric]
    labels, said, code, names = (np.concatenate(each) for each in zip(*parts, strict=True))
    drawn = draw.resampling(code if grouped else None)
    return _of_slices(by_slice(metric, labels, said, 3, names, drawn), truths, not worse)


def _of_slices(found, truths: dict[str, float], alike: bool) -> Outcome:
    every = dict(zip(found.names, found.estimates, strict=True))
    result = {
        f"{name} slice": within(every[name].low, truths[name], every[name].high)
        for name in ("large", "small")
    }
    return result | ({"slices alike not told apart": kept(not found.p < 0.05)} if alike else {})


def spoken_slices(items: int, random: Generator, each: int = 1) -> Outcome:
    """Hold the error rate of slices of speakers, all alike."""
    draw = Draw(items, random)
    [table], code = worlds.edits(draw, 1, each, 0.0)
    speakers, ends = code[-1] + 1, np.cumsum([*SLICES.values()])[:-1]
    places = np.searchsorted(ends, (random.permutation(speakers) + 0.5) / speakers)
    names = np.array([*SLICES])[places]
    drawn, metric = draw.resampling(code if each > 1 else None), "word-error-rate"
    found = word_error_intervals.by_slice(metric, table, names[code], drawn)
    return _of_slices(found, dict.fromkeys(SLICES, promises._truth("speech")[metric]), True)


@lru_cache
def _surest() -> np.ndarray:
    """Risks of the surest 1, 2, ... of very many items."""
    spread = np.sort(abs(np.random.default_rng(0).normal(size=promises.HUGE)))[::-1]
    return (1 - expit(2 * spread)).cumsum() / np.arange(1, promises.HUGE + 1)


def confidence(items: int, random: Generator, said: float, grouped: bool = False) -> Outcome:
    """Hold the accuracy in bins and the risk of the surest half; see no error beyond chance."""
    draw, code = Draw(items, random).in_groups() if grouped else (Draw(items, random), None)
    spread = abs(draw.normal())
    stated, chance = expit(2 * said * spread), expit(2 * spread)
    hit, drawn = ndtr(worlds.noise(draw, code=code)) < chance, draw.resampling(code)
    bins, of = reliability(stated, hit, drawn), equal_mass_bins(stated)
    truths, last = np.bincount(of, chance) / np.bincount(of), len(bins["low"]) - 1
    curve = risk_coverage(stated, ~hit, drawn)
    half = int(abs(curve.coverage - 0.5).argmin())
    risk = _surest()[int(curve.coverage[half] * promises.HUGE) - 1]
    result = {"risk of the surest half": within(curve.low[half], risk, curve.high[half])}
    for name, k in (("the least sure", 0), ("the surest", last)):
        result[f"accuracy of {name}"] = within(bins["low"][k], truths[k], bins["high"][k])
    if said == 1:
        found = Confidence(calibration(stated, hit, drawn), curve, pd.DataFrame(bins), {})
        said_of_it = classification_findings._calibration(found)
        result["not called over- or underconfident"] = kept("confident" not in said_of_it)
    return result
