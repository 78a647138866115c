"""Promises of what validation chooses: sets of plausible classes, and a threshold of two."""

import re
from functools import lru_cache
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pandas as pd
from scipy.special import softmax

from factories import promises
from factories.promises import kept, within
from helpers.evaluation import chosen_on_validation
from helpers.evaluation.chosen_on_validation import BY_CLASS
from helpers.metrics.score_thresholds import of_flag, of_sets
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import undefined

NONE = undefined("no item of the test")
PRIORS = {2: (0.7, 0.3), 3: (0.6, 0.3, 0.1)}


def drawn(items, random, classes, each=1):
    """Draw items like those of `evaluation.predictions`, in groups that are right or wrong alike.

    Scores are bold and the last class is hard; of the two slices the second is harder.
    """
    code = np.arange(items) // each
    labels = random.choice(classes, code[-1] + 1, p=PRIORS[classes])[code]
    place = random.integers(0, 2, code[-1] + 1)[code]
    alike = np.sqrt(0.5 if each > 1 else 0)
    noise = alike * random.normal(size=(code[-1] + 1, classes))[code]
    noise += np.sqrt(1 - alike**2) * random.normal(size=(items, classes))
    apart = np.where(labels == classes - 1, 1.0, 1.8) - 0.5 * place
    scores = softmax(2 * (noise + apart[:, None] * np.eye(classes)[labels]), axis=1)
    return SimpleNamespace(
        classes=[str(k) for k in range(classes)],
        labels=labels,
        predictions=scores.argmax(axis=1),
        scores=scores,
        groups=code if each > 1 else None,
        items=pd.DataFrame({"place": np.where(place, "hard", "easy")}),
        repeats=(),
    )


@lru_cache
def _population(classes, each):
    return drawn(promises.HUGE, np.random.default_rng(0), classes, each)


def _shown(function, random, items, held_out, each, *asked):
    """Show what a reader would see of a test as large as the validation, or as named."""
    classes = 2 if function is chosen_on_validation.threshold else 3
    held, test = (drawn(each * n, random, classes, each) for n in (held_out, items))
    stored = {"read": lambda *_: test, "validation": lambda *_: held}
    with patch.multiple(chosen_on_validation.predictions, **stored):
        table, says = function("study", "candidate", *asked, Resampling(1000))
    return table, says, held, _population(classes, each)


def _least(held, level):
    """Return the scores from which classes are in a set: one for all, and one for each class."""
    mine, tied = (
        held.scores[np.arange(len(held.labels)), held.labels],
        Resampling(groups=held.groups),
    )
    parts = [held.labels >= 0, *(held.labels == k for k in range(3))]
    of_all, *of_classes = (of_sets(mine[part], level, tied.part(part)) for part in parts)
    return of_all, np.array(of_classes)


def members(items, random, each=1, level=0.9):
    """Hold the right class of a new item, and that of a rare class, with so much validation."""
    of_all, of_classes = _least(drawn(each * items, random, 3, each), level)
    every = _population(3, each)
    new, rare = random.integers(promises.HUGE), random.choice(np.flatnonzero(every.labels == 2))
    return {
        "right class of a new item": kept(every.scores[new, every.labels[new]] >= of_all),
        "that of a rare class, a threshold per class": kept(every.scores[rare, 2] >= of_classes[2]),
    }


def sets(items, random, held_out, each=1, level=0.9):
    """Hold what the sets give on other items: of all, of a class, and of a slice."""
    made = chosen_on_validation.prediction_sets
    table, says, held, every = _shown(made, random, items, held_out, each, level, ["place"])
    of_all, of_classes = _least(held, level)
    own = every.scores[np.arange(promises.HUGE), every.labels]
    rows, result = {(row.slice, row.metric): row for row in table.itertuples()}, {}
    parts = {"2": every.labels == 2, "hard": every.items["place"].to_numpy() == "hard"}
    for kind, line, by in (("", of_all, of_all), (BY_CLASS, of_classes, of_classes[every.labels])):
        size, held = (every.scores >= line).sum(axis=1), own >= by
        truths = {"coverage": held, "size": size, "one class": size == 1, "no class": size == 0}
        found = [(name, "all items", name, truth.mean()) for name, truth in truths.items()]
        found.append(("coverage", "2", "coverage of a rare class", held[parts["2"]].mean()))
        found.append(("coverage", "hard", "coverage of a hard slice", held[parts["hard"]].mean()))
        for metric, place, name, truth in found:
            row = rows.get((place, f"{metric}{kind}"), NONE)
            result[f"{name}{kind}"] = within(row.low, truth, row.high)
    return result | {"no word that validation is unlike": kept("Chance rarely" not in says)}


def _rates(flags, true, costs):
    hits, flagged = (flags & true).sum(), max(flags.sum(), 1)
    wrong = {"false_positive": flags & ~true, "false_negative": true & ~flags}
    return {
        "precision": hits / flagged,
        "recall": hits / true.sum(),
        "f1": 2 * hits / (flags.sum() + true.sum()),
        "flagged": flags.mean(),
        "cost": sum(costs[error] * wrong[error].mean() for error in costs),
    }


def thresholds(items, random, held_out, aim, goal, each=1):
    """Hold what a threshold gives on new items, as the test and as validation show it."""
    goal = dict(goal) if aim == "cost" else goal
    plan = {"positive": "1", aim: goal}
    table, says, _, every = _shown(
        chosen_on_validation.threshold, random, items, held_out, each, plan
    )
    shown = [*(["cost"] if aim == "cost" else ()), "precision", "recall", "f1", "flagged"]
    names = [*(f"{name} on test" for name in shown), f"{aim} on validation"]
    if not len(table):  # no threshold gives that
        return dict.fromkeys(names, (np.nan, np.nan))
    rows = {row.metric: row for row in table[table["slice"] == "threshold"].itertuples()}
    flags, true = every.scores[:, 1] >= rows["least score"].value, every.labels == 1
    truths = _rates(flags, true, goal if aim == "cost" else {})
    limits = ((rows[name].low, truths[name], rows[name].high) for name in shown)
    result = {name: within(*each) for name, each in zip(names, limits, strict=False)}
    there = re.search(r"\[([\d.]+), ([\d.]+)\]\) there", says)
    low, high = map(float, there.groups()) if there else (np.nan, np.nan)
    result[names[-1]] = within(low - 5e-4, truths[aim], high + 5e-4)
    return result


def reached(items, random, aim, goal):
    """Give a new item the recall, or the precision, that was asked of so much validation."""
    held, every = drawn(items, random, 2), _population(2, 1)
    least = of_flag(held.scores[:, 1], held.labels == 1, aim, goal)
    positive, flagged = every.labels == 1, every.scores[:, 1] >= least
    of, hit = (positive, flagged) if aim == "recall" else (flagged, positive)
    new = random.choice(np.flatnonzero(of)) if of.any() and np.isfinite(least) else None
    return {f"{aim} of a new item": (np.nan, np.nan) if new is None else kept(hit[new])}
