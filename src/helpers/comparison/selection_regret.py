"""What following a selection would have cost: predicted against actual order, on the test items."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.core.records.selection import MethodScore, Selection
from helpers.evaluation import predictions
from helpers.evaluation.predictions import Predictions
from helpers.metrics.paired_tests import resampled_metric
from helpers.metrics.registry import lower_is_better
from helpers.metrics.unit_contributions import Answers
from helpers.models import kinds
from helpers.selection.rank_agreement import agreement
from helpers.selection.transferability.methods import METHODS

WORDS = {"probe": "as probes", "finetune": "fine-tuned"}
"""Each scope, in words."""
FEWEST = 3
"""Models that an order needs to be worth the name."""
COLUMNS = ("scope", "method", "models", "tau", "low", "high", "null_low", "null_high", "p")
COLUMNS += ("regret", "regret_low", "regret_high", "first")


@dataclass(frozen=True)
class Regret:
    """How a study's selection turned out.

    ``models`` has a row for each model and scope (``probe``: all contenders as probes;
    ``finetune``: those that were fine-tuned): scope, model, candidate, value, low, high, place (the
    selection's), chosen, and the methods' scores. ``methods`` has a row a scope and method, the
    columns of an ``Agreement`` with the regret in points, and the model ranked first. ``costs`` has
    the seconds spent and those of everything, as measured where that was tried.
    """

    primary: str
    models: pd.DataFrame
    methods: pd.DataFrame
    costs: pd.DataFrame


def measure(
    study: str, candidates: list[str], primary: str, resamples: int = 2000, seed: int = 42
) -> Regret | None:
    """Hold a selection against the test metrics of the candidates that were tried.

    Parameters
    ----------
    study, candidates
        Names; the predictions of each are read.
    primary
        The metric in which a model is good.
    resamples, seed
        Of the bootstrap of test items, drawn alike for all models.

    Returns
    -------
    Regret or None
        None where the study has selected nothing.
    """
    record = Selection.find(study)
    if record is None:
        return None
    candidates_read = [predictions.read(study, name) for name in candidates]
    parts = [
        _scope(name, _tried(record, candidates_read, name), record, primary, resamples, seed)
        for name in WORDS
    ]
    models = pd.concat([models for models, _ in parts if len(models)], ignore_index=True)
    methods = pd.DataFrame([row for _, rows in parts for row in rows], columns=list(COLUMNS))
    return Regret(primary, models, methods, _costs(record, candidates_read))


def scopes(found: Regret | None) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Go through the scopes: in words, the models, the methods; none where nothing was selected."""
    for scope, words in WORDS.items() if found else ():
        models = found.models[found.models["scope"] == scope]
        methods = found.methods[found.methods["scope"] == scope]
        if len(methods):
            yield words, models, methods


def sentences(found: Regret) -> list[str]:
    """Say what the selection's first lost, which method was best, what was spent."""
    lines = [_lost(rows, found) for _, rows in found.methods.groupby("scope", sort=False)]
    total = found.costs[["spent", "everything"]].sum(skipna=False)
    if total.isna().any():
        return [
            *lines,
            "What it saved is not known: no finalist's fine-tune is among the candidates.",
        ]
    lines.append(
        f"Selecting and fine-tuning the finalists took {total['spent']:.0f} s; trying everything "
        f"takes {total['everything']:.0f} s: {total['everything'] / total['spent']:.1f} times that."
    )
    return lines


def _tried(
    record: Selection, candidates_read: list[Predictions], adaptation: str
) -> list[Predictions]:
    """Return one candidate of an adaptation for each contending model, in the order predicted."""
    found: dict[str, Predictions] = {}
    for entry in candidates_read:
        if entry.training.adaptation == adaptation:
            found.setdefault(entry.training.resolved_model, entry)
    order = dict.fromkeys(row.model for row in record.contenders)
    return [found[model] for model in order if model in found]


def _scope(
    scope: str,
    candidates_read: list[Predictions],
    record: Selection,
    primary: str,
    resamples: int,
    seed: int,
) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Return the models of a scope, and each method's agreement with their order."""
    if not candidates_read:
        return pd.DataFrame(), []
    actual, samples = _actual(candidates_read, primary, resamples, seed)
    table = _models(scope, candidates_read, record, actual, samples)
    sign = -1.0 if lower_is_better(primary) else 1.0
    rows = []
    for method in ("selection", *METHODS):
        known = table[method].notna().to_numpy()
        if known.sum() >= FEWEST:
            said = table[method].to_numpy(np.float64)[known]
            found = agreement(said, sign * actual[known], sign * samples[:, known], seed)
            points = {name: 100 * getattr(found, name) for name in COLUMNS if "regret" in name}
            first = ", ".join(table["model"][known][said == said.max()])
            rows.append({"scope": scope, "method": method, "first": first} | asdict(found) | points)
    return table, rows


def _actual(
    candidates_read: list[Predictions], primary: str, resamples: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Compute the test metric of each, and on resamples: [M] and [R, M]."""
    first = candidates_read[0]
    predicted = np.array([entry.predictions for entry in candidates_read])
    scores = [entry.scores for entry in candidates_read]
    answers = Answers(first.labels, predicted, len(first.classes), scores, first.groups)
    return resampled_metric(primary, answers, resamples, seed)


def _models(
    scope: str,
    candidates_read: list[Predictions],
    record: Selection,
    actual: np.ndarray,
    samples: np.ndarray,
) -> pd.DataFrame:
    """Lay out what was predicted of each model, and what came of it."""
    contending: dict[str, tuple[int, dict[str, MethodScore]]] = {}
    for place, row in enumerate(record.contenders, 1):
        contending.setdefault(row.model, (place, row.scores))
    bounds = np.percentile(samples, [2.5, 97.5], axis=0)
    rows = []
    for entry, value, low, high in zip(candidates_read, actual, *bounds, strict=True):
        model = entry.training.resolved_model
        place, scores = contending[model]
        facts = {"scope": scope, "model": model, "candidate": entry.candidate, "place": place}
        facts |= {"value": value, "low": low, "high": high, "selection": -float(place)}
        facts |= {"chosen": model in record.finalists}
        rows.append(facts | {name: _number(scores.get(name)) for name in METHODS})
    return pd.DataFrame(rows)


def _number(score: MethodScore | None) -> float:
    return np.nan if score is None or score.value is None else score.value


def _costs(record: Selection, candidates_read: list[Predictions]) -> pd.DataFrame:
    """Take fine-tunes as they were measured; those not tried in proportion to their operations."""
    selecting = pd.DataFrame([row.facts() for row in record.costs[:2]]).assign(how="measured")
    tuned = {
        entry.training.resolved_model: entry.training.cost.fit_seconds
        for entry in _tried(record, candidates_read, "finetune")
    }
    counted = [
        each
        for each in record.contenders
        if (each.pretrained and kinds.trainable(each.model)) or each.model in tuned
    ]
    work = {each.model: each.gflops or np.nan for each in counted}
    rate = np.mean([seconds / work[model] for model, seconds in tuned.items()]) if tuned else np.nan
    every = {model: tuned.get(model, rate * each) for model, each in work.items()}
    spent = sum(every[model] for model in record.finalists)
    guessed = len(every) - len(tuned)
    how = f"{len(tuned)} measured, {guessed} in proportion to GFLOPs" if guessed else "measured"
    row = {"what": "fine-tuning", "spent": spent, "everything": sum(every.values()), "how": how}
    return pd.concat([selecting, pd.DataFrame([row])], ignore_index=True)


def _lost(rows: pd.DataFrame, found: Regret) -> str:
    """Say how the selection did in one scope, and how a ranking by what was published does."""
    scope = rows["scope"].iloc[0]
    own = rows[rows["method"] == "selection"].iloc[0]
    chance = "more than a random order does" if own["p"] < 0.05 else "as a random order may"
    text = (
        f"Of {own['models']} models {WORDS[scope]}, the one the selection put first is "
        f"{own['regret']:.1f} points of {found.primary} behind the best; its order agrees with "
        f"the actual one {chance} (weighted tau {own['tau']:.2f}, p = {own['p']:.2f})"
    )
    static = rows[rows["method"] == "imagenet-accuracy"]
    if len(static):
        text += f"; by published accuracy alone, {static['regret'].iloc[0]:.1f} points behind"
    return f"{text}."
