"""Evaluate a classifier: metrics with intervals, classes, confidence, slices, errors."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.errors import check_known
from helpers.core.records.classification_metrics import ClassificationMetrics, ClassResult
from helpers.core.records.metrics import CorruptionResult, ShiftResult, SliceResult
from helpers.evaluation import confidence, predictions
from helpers.evaluation.confidence import Confidence
from helpers.evaluation.evaluation import USUAL, Evaluation
from helpers.evaluation.predictions import Predictions
from helpers.evaluation.slices import check_columns, tabulate
from helpers.metrics import cross_validation, registry
from helpers.metrics.classification import estimates
from helpers.metrics.confusion_intervals import class_intervals
from helpers.metrics.confusion_matrix import confusion_matrix
from helpers.metrics.correlation import pearson
from helpers.metrics.slices import by_slice
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import Estimate

ERRORS = 12


@dataclass(frozen=True, kw_only=True)
class ClassificationEvaluation(Evaluation):
    """A classifier's evaluation; ``confidence`` is None without scores.

    ``errors`` are the most confident ones, with the ``row`` of each in splits.parquet.
    """

    BESIDE = ("accuracy", "macro-f1")

    classes: list[str]
    per_class: pd.DataFrame
    confusion: NDArray[np.int64]
    errors: pd.DataFrame
    confidence: Confidence | None

    @property
    def constant(self) -> bool:
        """Whether every prediction is the same class."""
        return int((self.per_class["predicted"] > 0).sum()) == 1


def evaluate(
    study: str,
    candidate: str,
    primary: str = "macro-f1",
    slices: Sequence[str] = (),
    resampling: Resampling = USUAL,
    correlate: dict[str, Any] | None = None,
) -> ClassificationEvaluation:
    """Evaluate a candidate from its predictions.parquet and splits.parquet alone.

    ``slices`` are columns of splits.parquet; they show the primary metric if a confusion matrix
    gives it, else accuracy. The data give ``resampling`` its groups. ``correlate`` has ``column``,
    a number of each item, and ``values``, one of each class: the expected value of the prediction
    is correlated with the column. An unknown metric or column raises a UserError.
    """
    computed = registry.functions("counts", "scores", "ranking")
    check_known("metric", primary, computed)
    data = predictions.read(study, candidate)
    check_columns(slices, data.items, study)
    resampling, classes = replace(resampling, groups=data.groups), len(data.classes)
    metrics = estimates(data.labels, data.predictions, data.scores, resampling, classes)
    if repeats := predictions.in_folds([data]):
        metrics = {n: cross_validation.estimate(n, repeats, metrics[n]) for n in metrics}
    if correlate:
        metrics["correlation"] = _correlation(data, correlate, resampling)
    confident = confidence.measure(data, resampling)
    shown = "accuracy" if registry.needs_scores(primary) else primary
    answers = (shown, data.labels, data.predictions, classes)
    compare = partial(by_slice, *answers, resampling=resampling)
    return ClassificationEvaluation(
        study=study,
        candidate=candidate,
        model=data.training.resolved_model,
        adaptation=data.training.adaptation,
        primary=primary,
        n=len(data.labels),
        classes=data.classes,
        metrics=metrics | confidence.metrics(confident),
        per_class=_per_class(data, resampling),
        confusion=confusion_matrix(data.labels, data.predictions, classes),
        slices=tabulate(data.items, slices, shown, compare),
        errors=_errors(data),
        confidence=confident,
        cost=data.training.cost.facts(),
        doubts=data.training.cautions,
    )


def _correlation(data: Predictions, plan: dict[str, Any], resampling: Resampling) -> Estimate:
    column, values = plan["column"], plan["values"]
    check_known("column", column, data.items.columns, "evaluate.correlate")
    for name in data.classes:
        check_known("class", name, values, "evaluate.correlate.values")
    worth = np.array([values[name] for name in data.classes])
    expected = worth[data.predictions] if data.scores is None else data.scores @ worth
    numbers = pd.to_numeric(data.items[column], errors="coerce").to_numpy(float)
    finite = np.isfinite(numbers)
    return pearson(expected[finite], numbers[finite], resampling.part(finite))


def _per_class(data: Predictions, resampling: Resampling) -> pd.DataFrame:
    """Tabulate the classes; low and high belong to f1, other limits carry their metric."""
    every = class_intervals(data.labels, data.predictions, len(data.classes), resampling)
    rows = []
    for code, (name, intervals) in enumerate(zip(data.classes, every, strict=True)):
        support, predicted = (int((x == code).sum()) for x in (data.labels, data.predictions))
        row: dict[str, Any] = {"class": name, "support": support, "predicted": predicted}
        for metric in ("precision", "recall"):
            value = intervals[metric]
            row |= {metric: value.value, f"{metric}_low": value.low, f"{metric}_high": value.high}
        f1 = asdict(intervals["f1"])
        rows.append(row | {"f1": f1.pop("value")} | f1)
    return pd.DataFrame(rows)


def _errors(data: Predictions) -> pd.DataFrame:
    """List the most confident errors; without scores, the first ones."""
    wrong = np.flatnonzero(data.predictions != data.labels)
    shape = len(data.labels), len(data.classes)
    scores = np.full(shape, np.nan) if data.scores is None else data.scores
    confidences = scores[np.arange(len(scores)), data.predictions]
    chosen = wrong[np.argsort(-confidences[wrong], kind="stable")][:ERRORS]
    names = np.array(data.classes)
    errors = data.items[["id"]].iloc[chosen].rename_axis("row").reset_index()
    errors = errors.assign(
        label=names[data.labels[chosen]],
        prediction=names[data.predictions[chosen]],
        confidence=confidences[chosen],
        confidence_in_label=scores[chosen, data.labels[chosen]],
    )
    if data.reasons is not None:
        errors["leaned_on"] = data.reasons.reindex(errors["id"]).fillna("").to_numpy()
    return errors


def save(
    evaluation: ClassificationEvaluation,
    robustness: pd.DataFrame,
    shift: pd.DataFrame,
    **chosen: pd.DataFrame,
) -> None:
    """Write metrics.json, with ``robustness.by_corruption`` and ``domain_shift.by_source``."""
    e = evaluation
    ClassificationMetrics(
        **e.record_fields() | {name: SliceResult.from_table(chosen[name]) for name in chosen},
        robustness=CorruptionResult.from_table(robustness),
        shift=ShiftResult.from_table(shift),
        classes=e.classes,
        per_class=ClassResult.from_table(e.per_class),
        confusion=e.confusion.tolist(),
        calibration=e.confidence.calibration_record() if e.confidence else None,
        selective=e.confidence.curve_record() if e.confidence else None,
    ).write(e.study, e.candidate)
