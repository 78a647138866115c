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
from helpers.metrics.names import metric_name
from helpers.metrics.paired_tests import resampled_metric
from helpers.metrics.registry import lower_is_better
from helpers.metrics.unit_contributions import Answers
from helpers.models import kinds
from helpers.selection.rank_agreement import agreement
from helpers.selection.transferability.methods import METHODS

WORDS = {"probe": "as probes", "finetune": "fine-tuned"}
"""Each scope, in words."""
FEWEST = 3
"""Models that an order needs to mean anything."""
COLUMNS = ["scope", "method", "models", "tau", "low", "high", "null_low", "null_high", "p"]
COLUMNS += ["regret", "regret_low", "regret_high", "first"]


@dataclass(frozen=True)
class Regret:
    """How a study's selection turned out.

    ``models`` has a row for each model and scope (``probe``: all candidates of the selection as
    probes; ``finetune``: those that were fine-tuned): scope, model, candidate, value, low, high,
    position (the selection's, from 1), chosen, and the methods' scores. ``methods`` has a row a
    scope and method: the columns of an ``Agreement``, the regret in points, the model ranked first.
    ``costs`` has the seconds spent and those of everything, as measured where that was tried.
    """

    primary: str
    models: pd.DataFrame
    methods: pd.DataFrame
    costs: pd.DataFrame


@dataclass(frozen=True)
class Actual:
    """The test metric of each model, float [M], and on resampled test items, float [R, M]."""

    values: NDArray[np.float64]
    samples: NDArray[np.float64]


def measure(
    study: str, candidates: list[str], primary: str, resamples: int = 2000, seed: int = 42
) -> Regret | None:
    """Compare a selection with the test metrics of the candidates that were tried.

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
    selection = Selection.find(study)
    if selection is None:
        return None
    read = [predictions.read(study, name) for name in candidates]
    models: list[pd.DataFrame] = []
    rows: list[dict[str, Any]] = []
    for scope in WORDS:
        if tried := _tried(selection, read, scope):
            actual = _actual(tried, primary, resamples, seed)
            table = _models(selection, tried, actual).assign(scope=scope)
            models.append(table)
            rows += _methods(table, actual, -1.0 if lower_is_better(primary) else 1.0, seed)
    everything = pd.concat(models, ignore_index=True) if models else pd.DataFrame()
    return Regret(primary, everything, pd.DataFrame(rows, columns=COLUMNS), _costs(selection, read))


def scopes(regret: Regret | None) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Go through the scopes: in words, the models, the methods; none where nothing was selected."""
    for scope, words in WORDS.items():
        if regret is not None and (regret.methods["scope"] == scope).any():
            tables = (regret.models, regret.methods)
            yield words, *(table[table["scope"] == scope] for table in tables)


def sentences(regret: Regret) -> list[str]:
    """Say what the selection's first lost, how good its order was, what was spent."""
    lines = [_lost(rows, regret) for _, rows in regret.methods.groupby("scope", sort=False)]
    total = regret.costs[["spent", "everything"]].sum(skipna=False)
    if total.isna().any():
        return [*lines, "The saving is unknown: no finalist's fine-tune is among the candidates."]
    return [
        *lines,
        f"Selecting and fine-tuning the finalists took {total['spent']:.0f} s; trying everything "
        f"takes {total['everything']:.0f} s, {total['everything'] / total['spent']:.1f} times as "
        "long.",
    ]


def _tried(selection: Selection, read: Sequence[Predictions], adaptation: str) -> list[Predictions]:
    """Return one candidate of an adaptation for each model, in the order predicted."""
    found: dict[str, Predictions] = {}
    for entry in read:
        if entry.training.adaptation == adaptation:
            found.setdefault(entry.training.resolved_model, entry)
    order = dict.fromkeys(scored.model for scored in selection.contenders)
    return [found[model] for model in order if model in found]


def _actual(tried: Sequence[Predictions], primary: str, resamples: int, seed: int) -> Actual:
    """Compute the test metric of each, and on resamples drawn alike for all."""
    first = tried[0]
    predicted = np.array([entry.predictions for entry in tried])
    scores = [entry.scores for entry in tried]
    answers = Answers(first.labels, predicted, len(first.classes), scores, first.groups)
    return Actual(*resampled_metric(primary, answers, resamples, seed))


def _models(selection: Selection, tried: Sequence[Predictions], actual: Actual) -> pd.DataFrame:
    """Lay out what was predicted of each model, and what came of it."""
    positions: dict[str, int] = {}
    for position, scored in enumerate(selection.contenders):
        positions.setdefault(scored.model, position)
    low, high = np.percentile(actual.samples, [2.5, 97.5], axis=0)
    rows = []
    for number, entry in enumerate(tried):
        model = entry.training.resolved_model
        position = positions[model]
        known = selection.contenders[position].scores
        scores = {name: known[name].value if name in known else None for name in METHODS}
        rows.append(
            {
                "model": model,
                "candidate": entry.candidate,
                "position": position + 1,
                "value": actual.values[number],
                "low": low[number],
                "high": high[number],
                "selection": -float(position + 1),
                "chosen": model in selection.finalists,
                **{name: or_nan(value) for name, value in scores.items()},
            }
        )
    return pd.DataFrame(rows)


def _methods(
    table: pd.DataFrame, actual: Actual, sign: float, seed: int
) -> Iterator[dict[str, Any]]:
    """Compare each method's order of the models of one scope with the actual one."""
    for method in ("selection", *METHODS):
        known = table[method].notna().to_numpy()
        if known.sum() < FEWEST:
            continue
        scores = table[method].to_numpy(np.float64)[known]
        found = asdict(
            agreement(scores, sign * actual.values[known], sign * actual.samples[:, known], seed)
        )
        points = {name: 100 * value for name, value in found.items() if "regret" in name}
        first = ", ".join(table["model"][known][scores == scores.max()])
        row = {"scope": table["scope"].iloc[0], "method": method, "first": first}
        yield row | found | points


def _costs(selection: Selection, read: Sequence[Predictions]) -> pd.DataFrame:
    """Take fine-tunes as they were measured; those not tried in proportion to their operations."""
    selecting = pd.DataFrame([cost.facts() for cost in selection.costs[:2]]).assign(how="measured")
    tuned = {
        entry.training.resolved_model: or_nan(entry.training.cost.fit_seconds)
        for entry in _tried(selection, read, "finetune")
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
    """Say how the selection did in one scope, and how a ranking by published accuracy does."""
    own = rows[rows["method"] == "selection"].iloc[0]
    better = "better than" if own["p"] < 0.05 else "no better than"
    text = (
        f"Of {own['models']} models {WORDS[own['scope']]}, the one that the selection ranked first "
        f"is {own['regret']:.1f} points of {metric_name(regret.primary)} behind the best; its "
        f"order agrees with the actual one {better} a random order does (weighted tau "
        f"{own['tau']:.2f}, p = {own['p']:.2f})"
    )
    published = rows.loc[rows["method"] == "imagenet-accuracy", "regret"]
    if len(published):
        text += f"; ranking by published accuracy loses {published.iloc[0]:.1f} points"
    return f"{text}."
