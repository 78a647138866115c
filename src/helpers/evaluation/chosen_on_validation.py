"""What scores of validation items choose: sets of plausible classes, and a threshold of two."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.errors import UserError, check_known
from helpers.core.formatting import counted
from helpers.evaluation import predictions
from helpers.evaluation.evaluation import interval
from helpers.evaluation.slices import named
from helpers.metrics.confusion_intervals import class_intervals, share
from helpers.metrics.score_thresholds import of_flag, of_sets, rarely_below, units
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import Estimate, undefined
from helpers.metrics.statistics.ratio_intervals import ratio_intervals

BY_CLASS = " with a threshold per class"
NO_PROMISE = 0.05  # a limit on validation further below the aim than this leaves it open
MISSING = "validation items have no scores, or all the same"
FOLDED = "in a cross-validation each fold chooses on validation items of its own"
Found = tuple[pd.DataFrame, str]  # what it gives on test, a row each, and in words


def prediction_sets(
    study: str, candidate: str, level: float, slices: Sequence[str], drawn: Resampling
) -> Found:
    """Choose the score that puts a class into a set; measure and say what the sets hold on test."""
    data, held_out = predictions.read(study, candidate), predictions.validation(study, candidate)
    if held_out is None or held_out.scores is None or data.scores is None:
        return pd.DataFrame(), f"No prediction sets: {FOLDED if data.repeats else MISSING}."
    labels, names = held_out.labels, np.array(data.classes)[data.labels]
    own, tied = held_out.scores[np.arange(len(labels)), labels], Resampling(groups=held_out.groups)
    parts = [labels >= 0, *(labels == code for code in range(len(data.classes)))]
    least = np.array([of_sets(own[p], level, tied.part(p)) for p in parts])
    sets = {"": data.scores >= least[0], BY_CLASS: data.scores >= least[1:]}
    places = {"": np.full(len(names), "all items"), "true class": names}
    places |= {column: named(data.items[column]) for column in slices}
    drawn, rows = replace(drawn, groups=data.groups), []
    for column, name in [(column, name) for column, of in places.items() for name in np.unique(of)]:
        part, found = places[column] == name, dict[str, Estimate]()
        within = drawn.part(part)
        sizes = _sizes({kind: every[part].sum(axis=1) for kind, every in sets.items()}, within)
        for kind, every in sets.items():
            hits = every[part, data.labels[part]]
            found |= {f"coverage{kind}": share(hits, within)} | sizes[kind]
        rows += _rows(column, name, part.sum(), found)
    worth = (units(len(each.labels), by) for each, by in ((held_out, tied), (data, drawn)))
    says = _sentences(pd.DataFrame(rows), level, least, rarely_below(level, *worth))
    chosen = {"least score": Estimate(least[0], np.nan, np.nan, "validation")}
    return pd.DataFrame(rows + _rows("", "all items", len(names), chosen)), " ".join(says)


def _sizes(sets: dict[str, NDArray], drawn: Resampling) -> dict[str, dict[str, Estimate]]:
    """Estimate what sets of these sizes [N] are like, by kind; the same resamples serve all."""
    columns = [part for each in sets.values() for part in (each, each == 1, each == 0)]
    table = np.column_stack([*columns, np.ones(len(columns[0]))])
    names = [f"{name}{kind}" for kind in sets for name in ("size", "one class", "no class")]
    means = {name: lambda sums, k=k: sums[..., k] / sums[..., -1] for k, name in enumerate(names)}
    every, found = iter(ratio_intervals(table, means, drawn).items()), {}
    for kind, sizes in sets.items():
        found[kind] = dict(islice(every, 3))
        if np.ptp(sizes) == 0:
            size = f"size{kind}"
            found[kind][size] = undefined("the same for all items", found[kind][size].value)
        found[kind] = {
            name: mean.capped(max(1.0, sizes.max() if name.startswith("size") else 1))
            for name, mean in found[kind].items()
        }
    return found


def _rows(column: str, name: str, n: int, found: dict[str, Estimate]) -> list[dict[str, Any]]:
    place = {"column": column, "slice": name, "n": int(n)}
    return [place | {"metric": metric} | asdict(value) for metric, value in found.items()]


def _sentences(table: pd.DataFrame, level: float, least: NDArray, usual: float) -> Iterator[str]:
    every = {row.metric: row for row in table[table["column"] == ""].itertuples()}
    yield (
        f"Prediction sets for a coverage of {100 * level:g} % hold the right class of "
        f"{interval(every['coverage'])} of the test items, with {interval(every['size'])} classes "
        f"a set; {every['one class'].value:.0%} have one class, {every['no class'].value:.0%} none."
    )
    of = table[table["column"] == "true class"].pivot(
        index="slice", columns="metric", values="value"
    )
    worst = of["coverage"].idxmin()
    plain, own = of.loc[worst, ["coverage", f"coverage{BY_CLASS}"]]
    yield f"Least often that of {worst}: {plain:.3f}, and {own:.3f}{BY_CLASS}."
    if every["coverage"].value < usual:
        yield "Chance rarely brings so few: validation is not like the test, or was learned from."
    if few := np.isinf(least).sum():
        which = "all classes" if np.isinf(least[0]) else counted(few, "class", "classes") + BY_CLASS
        needed = f"{np.ceil(level / (1 - level) - 1e-9):.0f} independent validation items"
        yield f"With fewer than {needed}, every set holds {which}."


def on_all_items(sets: pd.DataFrame, chosen: pd.DataFrame) -> pd.DataFrame:
    """Put what sets give on all test items above what a threshold gives there; both may be none."""
    return pd.concat([sets[sets["column"] == ""] if len(sets) else sets, chosen])


def threshold(study: str, candidate: str, plan: dict[str, Any] | None, drawn: Resampling) -> Found:
    """Choose the score that flags an item as asked; measure and say what it gives on test."""
    if not plan:
        return pd.DataFrame(), ""
    data, held_out = predictions.read(study, candidate), predictions.validation(study, candidate)
    if len(data.classes) != 2:
        raise UserError(f"evaluate.threshold: two classes are needed, not {len(data.classes)}")
    check_known("class", plan["positive"], data.classes, "evaluate.threshold.positive")
    code, (aim, goal) = data.classes.index(plan["positive"]), [*plan.items()][-1]
    costs = goal if aim == "cost" else {}
    told = " and ".join(f"{costs[error]:g} for a {error.replace('_', ' ')}" for error in costs)
    asked = f"{plan['positive']} to have a {aim} of {told or goal}"
    if held_out is None or held_out.scores is None or data.scores is None:
        return pd.DataFrame(), f"No threshold for {asked}: {FOLDED if data.repeats else MISSING}."
    scores, true = held_out.scores[:, code], held_out.labels == code
    least = of_flag(scores, true, aim, goal)
    of = f"for {asked}, chosen on {len(true)} validation items, {true.sum()} of them positive"
    if np.isnan(least):
        return pd.DataFrame(), f"No threshold {of}: none gives that."
    before = _flagged(scores >= least, true, costs, replace(drawn, groups=held_out.groups))[aim]
    flags = {"threshold": data.scores[:, code] >= least, "as predicted": data.predictions == code}
    drawn, true = replace(drawn, groups=data.groups), data.labels == code
    given = {how: _flagged(each, true, costs, drawn) for how, each in flags.items()}
    now, usual = (f"{interval(e[aim])}, {e['flagged'].value:.1%} flagged" for e in given.values())
    says = (
        f"Threshold {least:.3f} {of} ({interval(before)} there), gives {now}; as predicted {usual}."
    )
    if not costs and not before.low >= goal - NO_PROMISE:
        says += f" So few cannot promise {goal:g}."
    given["threshold"]["least score"] = Estimate(least, np.nan, np.nan, "validation", of)
    rows = [row for how in given for row in _rows("decision", how, len(true), given[how])]
    return pd.DataFrame(rows), says


def _flagged(flags: NDArray, true: NDArray, costs: Any, drawn: Resampling) -> dict[str, Estimate]:
    found = class_intervals(true.astype(int), flags.astype(int), 2, drawn)[1]
    found["flagged"] = share(flags, drawn)
    if costs:  # the limits of both errors' rates, added by squares (Zou and Donner, 2008)
        wrong = {"false_positive": flags & ~true, "false_negative": true & ~flags}
        rates = [(cost, share(wrong[error], drawn)) for error, cost in costs.items()]
        value, low, high = np.array([(c * r.value, c * r.low, c * r.high) for c, r in rates]).T
        ends = value.sum() - np.hypot(*(low - value)), value.sum() + np.hypot(*(high - value))
        found["cost"] = Estimate(float(value.sum()), *ends, "both rates", rates[0][1].note)
    return found
