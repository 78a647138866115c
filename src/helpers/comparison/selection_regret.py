"""What following a selection cost on the test items: the predicted against the actual order."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.records.base import or_nan
from helpers.core.records.selection import Selection
from helpers.evaluation import predictions
from helpers.evaluation.predictions import Predictions
from helpers.metrics.classification import estimate
from helpers.metrics.names import metric_name
from helpers.metrics.registry import lower_is_better
from helpers.metrics.resampled_metric import resampled_metric
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.models import kinds
from helpers.selection.rank_agreement import agreement
from helpers.selection.transferability.methods import METHODS

WORDS = {"probe": "as probes", "finetune": "fine-tuned"}  # each scope, in words
FEWEST = 3  # models that an order needs to mean anything
COLUMNS = [
    "scope",
    "method",
    "models",
    "tau",
    "low",
    "high",
    "null_low",
    "null_high",
    "p",
    "least_p",
]
COLUMNS += ["regret", "regret_low", "regret_high", "first"]


@dataclass(frozen=True)
class Regret:
    """How a study's selection turned out.

    ``models`` has a row per model and scope (``probe``: all models of the selection as probes;
    ``finetune``: those that were fine-tuned): its metric, its position in the selection (from 1)
    and the methods' scores. ``methods`` has a row per scope and method: its ``Agreement``, the
    regret in points, the model ranked first. ``costs`` has the seconds spent and those of
    everything, as measured where that was tried.
    """

    primary: str
    models: pd.DataFrame
    methods: pd.DataFrame
    costs: pd.DataFrame


def measure(
    study: str, candidates: list[str], primary: str, resamples: int = 2000, seed: int = 42
) -> Regret | None:
    """Compare a selection, if there is one, with the test metrics of the candidates tried.

    The test items are resampled alike for all models.
    """
    selection = Selection.find(study)
    if selection is None:
        return None
    entries = [predictions.read(study, name) for name in candidates]
    models, rows = [], []
    sign = -1.0 if lower_is_better(primary) else 1.0
    for scope in WORDS:
        if tried := _tried(selection, entries, scope):
            answers = predictions.answers(tried)
            values, samples = resampled_metric(primary, answers, resamples, seed)
            table, drawn = _models(selection, tried), Resampling(resamples, seed, answers.groups)
            every = zip(answers.predictions, answers.scores, strict=True)
            of = primary, answers.labels
            limits = [estimate(*of, *each, drawn, answers.classes) for each in every]
            low, high = ([getattr(each, end) for each in limits] for end in ("low", "high"))
            models.append(table.assign(scope=scope, value=values, low=low, high=high))
            least = 1 / (len(answers.labels) + 2)  # no two models are surely equal
            found = _methods(table, sign * values, sign * samples, seed, least)
            rows += [{"scope": scope} | agreed for agreed in found]
    table = pd.concat(models, ignore_index=True) if models else pd.DataFrame()
    methods = pd.DataFrame(rows, columns=COLUMNS)
    return Regret(primary, table, methods, _costs(selection, entries))


def scopes(regret: Regret | None) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Go through the scopes: in words, the models, the methods; none where nothing was selected."""
    for scope, words in WORDS.items():
        if regret is not None and (regret.methods["scope"] == scope).any():
            tables = (regret.models, regret.methods)
            yield words, *(table[table["scope"] == scope] for table in tables)


def sentences(regret: Regret) -> list[str]:
    """Say what the selection's first lost, how good its order was, what was spent."""
    lines = [_lost(rows, regret) for _, rows in regret.methods.groupby("scope", sort=False)]
    spent, everything = regret.costs[["spent", "everything"]].sum(skipna=False)
    if np.isnan(spent) or np.isnan(everything):
        return [*lines, "The saving is unknown: no candidate is a fine-tune of a finalist."]
    return [
        *lines,
        f"Selecting and fine-tuning the finalists took {spent:.0f} s; trying everything takes "
        f"{everything:.0f} s, {everything / spent:.1f} times as long.",
    ]


def _tried(
    selection: Selection, entries: Sequence[Predictions], adaptation: str
) -> list[Predictions]:
    """Return one candidate of an adaptation for each model, in the order predicted."""
    first: dict[str, Predictions] = {}
    for entry in entries:
        if entry.training.adaptation == adaptation:
            first.setdefault(entry.training.resolved_model, entry)
    order = dict.fromkeys(scored.model for scored in selection.contenders)
    return [first[model] for model in order if model in first]


def _models(selection: Selection, tried: Sequence[Predictions]) -> pd.DataFrame:
    """Tabulate what was predicted of each model."""
    models, rows = [scored.model for scored in selection.contenders], []
    for entry in tried:
        model = entry.training.resolved_model
        position = models.index(model)
        row = {"model": model, "candidate": entry.candidate, "position": position + 1}
        row |= {"selection": -float(position + 1), "chosen": model in selection.finalists}
        scores = selection.contenders[position].scores
        predicted = {name: scores[name].value if name in scores else None for name in METHODS}
        rows.append(row | {name: or_nan(value) for name, value in predicted.items()})
    return pd.DataFrame(rows)


def _methods(
    table: pd.DataFrame, values: NDArray, samples: NDArray, seed: int, least: float
) -> Iterator[dict[str, Any]]:
    """Compare each method's order of the models with that of their values, higher is better.

    Models without a value are left out.
    """
    for method in ("selection", *METHODS):
        scored = table[method].notna().to_numpy() & np.isfinite(values)
        if scored.sum() < FEWEST:
            continue
        scores = table[method].to_numpy(np.float64)[scored]
        agreed = asdict(agreement(scores, values[scored], samples[:, scored], seed, least))
        points = {name: 100 * value for name, value in agreed.items() if "regret" in name}
        first = ", ".join(table["model"][scored][scores == scores.max()])
        yield {"method": method, "first": first} | agreed | points


def _costs(selection: Selection, entries: Sequence[Predictions]) -> pd.DataFrame:
    """Sum the seconds; fine-tunes that were not tried are in proportion to their operations."""
    selecting = pd.DataFrame([cost.facts() for cost in selection.costs[:2]]).assign(how="measured")
    tuned = {
        entry.training.resolved_model: or_nan(entry.training.cost.fit_seconds)
        for entry in _tried(selection, entries, "finetune")
    }
    work = {
        scored.model: scored.gflops or np.nan
        for scored in selection.contenders
        if (scored.pretrained and kinds.trainable(scored.model)) or scored.model in tuned
    }
    rates = [seconds / work[model] for model, seconds in tuned.items()]
    rate = float(np.mean(rates)) if rates else np.nan
    every = {model: tuned.get(model, rate * gflops) for model, gflops in work.items()}
    guessed = len(every) - len(tuned)
    how = f"{len(tuned)} measured, {guessed} in proportion to GFLOPs" if guessed else "measured"
    spent = sum(every[model] for model in selection.finalists)
    row = {"what": "fine-tuning", "spent": spent, "everything": sum(every.values()), "how": how}
    return pd.concat([selecting, pd.DataFrame([row])], ignore_index=True)


def _lost(rows: pd.DataFrame, regret: Regret) -> str:
    own = rows[rows["method"] == "selection"].iloc[0]
    better = "better than" if own["p"] < 0.05 else "no better than"
    p = f"p = {own['p']:.2g}" if own["p"] >= 0.001 else "p below 0.001"
    if own["least_p"] >= 0.05:
        p += f", which could not be below 1/{1 / own['least_p']:.0f}"
    order = (
        f"its order agrees with the actual one {better} a random order does (weighted tau "
        f"{own['tau']:.2f}, {p})"
    )
    if np.isnan(own["tau"]):
        order = "no order can agree, as all of them are level"
    text = (
        f"Of {own['models']} models {WORDS[own['scope']]}, the selection's first choice is "
        f"{own['regret']:.1f} points of {metric_name(regret.primary)} behind the best (between "
        f"{own['regret_low']:.1f} and {own['regret_high']:.1f}; too large rather than too small, "
        f"as the best of {own['models']} is partly luck); {order}"
    )
    published = rows.loc[rows["method"] == "imagenet-accuracy", "regret"]
    if len(published):
        text += f"; ranking by published accuracy loses {published.iloc[0]:.1f} points"
    return f"{text}."
