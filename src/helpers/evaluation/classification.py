"""How good one candidate is on the test items, how sure that is, where it fails, what it costs."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.errors import unknown
from helpers.core.records.classification_metrics import (
    Brier,
    CalibrationResult,
    ClassificationMetrics,
    ClassResult,
    SelectiveCurve,
)
from helpers.core.records.metrics import (
    CorruptionResult,
    Provenance,
    ShiftResult,
    SliceGap,
    SliceResult,
)
from helpers.core.records.parts import Cost, Result
from helpers.evaluation import predictions
from helpers.evaluation.predictions import Predictions
from helpers.evaluation.slices import tabulate
from helpers.metrics import registry
from helpers.metrics.calibration import Calibration, brier_parts, calibration, reliability
from helpers.metrics.classification import NO_SCORES, estimates
from helpers.metrics.confusion_intervals import class_intervals
from helpers.metrics.confusion_matrix import confusion_matrix
from helpers.metrics.correlation import pearson
from helpers.metrics.selective_prediction import Selective, risk_coverage
from helpers.metrics.slices import by_slice
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import Estimate, undefined

ERRORS = 12
BESIDE = ("accuracy", "macro-f1")
"""Metrics that count items and classes: where they disagree, a reader should see it first."""


@dataclass(frozen=True)
class Evaluation:
    """A candidate's evaluation: what metrics.json holds, and tables for the notebook.

    ``per_class`` has a row a class; ``reliability`` a row a bin; ``slices`` a row a slice and
    ``gaps`` a row a slice column; ``errors`` the most confident mistakes, with the ``row`` of each
    in splits.parquet. Without scores, ``calibration`` and ``selective`` are None.
    """

    study: str
    candidate: str
    model: str
    adaptation: str
    primary: str
    n: int
    classes: list[str]
    metrics: dict[str, Estimate]
    per_class: pd.DataFrame
    confusion: NDArray[np.int64]
    reliability: pd.DataFrame
    calibration: Calibration | None
    selective: Selective | None
    brier: dict[str, float]
    slices: pd.DataFrame
    gaps: pd.DataFrame
    errors: pd.DataFrame
    cost: dict[str, Any]

    @property
    def headline(self) -> pd.DataFrame:
        """Every metric as a row: the primary one, then what it is to be read beside."""
        order = dict.fromkeys([self.primary, *BESIDE, *self.metrics])
        rows = [{"metric": name, **asdict(self.metrics[name])} for name in order]
        return pd.DataFrame(rows)

    @property
    def constant(self) -> bool:
        """Tell whether it gives every item the same answer, so that there is little to say."""
        return int((self.per_class["predicted"] > 0).sum()) == 1


def evaluate(
    study: str,
    candidate: str,
    primary: str = "macro-f1",
    slices: list[str] | tuple[str, ...] = (),
    resamples: int = 2000,
    seed: int = 42,
    correlate: dict[str, Any] | None = None,
) -> Evaluation:
    """Evaluate a candidate from its predictions alone.

    Parameters
    ----------
    study, candidate
        Names; predictions.parquet and splits.parquet of theirs are read.
    primary
        The metric that decides; slices show it if a confusion matrix gives it, else accuracy.
    slices
        Columns of splits.parquet. A number of many values is cut at its quartiles.
    resamples, seed
        Of the bootstrap; the same seed gives the same numbers.
    correlate
        ``column``, a number of each item, and ``values``, the number that each class stands for:
        the mean of these by the scores is correlated with it.

    Raises
    ------
    UserError
        Unknown metric or column; files that are missing or do not fit together.
    """
    computed = registry.functions("counts", "scores", "ranking")
    if primary not in computed:
        raise unknown("metric", primary, computed)
    data = predictions.read(study, candidate)
    for column in slices:
        if column not in data.items.columns:
            raise unknown("slice", column, data.items.columns, f"build/{study}/splits.parquet")
    resampling = Resampling(resamples, seed, data.groups)
    metrics = estimates(data.labels, data.predictions, data.scores, resampling, len(data.classes))
    if correlate:
        metrics["correlation"] = _correlation(data, correlate, resampling)
    sure = _confidence(data, resampling)
    shown = "accuracy" if registry.needs_scores(primary) else primary
    answers = (shown, data.labels, data.predictions, len(data.classes))
    by_slices, gaps = tabulate(
        data.items, slices, shown, lambda parts: by_slice(*answers, parts, resampling)
    )
    return Evaluation(
        study=study,
        candidate=candidate,
        model=data.training.resolved_model,
        adaptation=data.training.adaptation,
        primary=primary,
        n=len(data.labels),
        classes=data.classes,
        metrics=metrics | sure.pop("metrics"),
        per_class=_per_class(data, resampling),
        confusion=confusion_matrix(data.labels, data.predictions, len(data.classes)),
        slices=by_slices,
        gaps=gaps,
        errors=_errors(data),
        cost=data.training.cost.facts(),
        **sure,
    )


def _correlation(data: Predictions, plan: dict[str, Any], resampling: Resampling) -> Estimate:
    """Correlate the expected value of the classes with a number of each item."""
    column, values = plan["column"], plan["values"]
    if column not in data.items.columns:
        raise unknown("column", column, data.items.columns, "evaluate.correlate")
    for name in data.classes:
        if name not in values:
            raise unknown("class", name, values, "evaluate.correlate.values")
    worth = np.array([values[name] for name in data.classes])
    said = worth[data.predictions] if data.scores is None else data.scores @ worth
    numbers = pd.to_numeric(data.items[column], errors="coerce").to_numpy(float)
    known = np.isfinite(numbers)
    return pearson(said[known], numbers[known], resampling.part(known))


def _confidence(data: Predictions, resampling: Resampling) -> dict[str, Any]:
    """Hold the confidence in each answer against whether it is right."""
    if data.scores is None:
        names = ("expected-calibration-error", "aurc", "excess-aurc")
        metrics = dict.fromkeys(names, undefined(NO_SCORES))
        parts = {"calibration": None, "selective": None, "brier": {}}
        return {"metrics": metrics, "reliability": pd.DataFrame(), **parts}
    said = data.scores[np.arange(len(data.labels)), data.predictions]
    right = data.predictions == data.labels
    calibrated = calibration(said, right, resampling)
    selective = risk_coverage(said, ~right, resampling)
    return {
        "metrics": {
            "expected-calibration-error": calibrated.error,
            "aurc": selective.area,
            "excess-aurc": selective.excess,
        },
        "reliability": pd.DataFrame(reliability(said, right)),
        "calibration": calibrated,
        "selective": selective,
        "brier": brier_parts(said, right),
    }


def _per_class(data: Predictions, resampling: Resampling) -> pd.DataFrame:
    """Tabulate the classes; low and high belong to f1, other limits carry their metric."""
    every = class_intervals(data.labels, data.predictions, len(data.classes), resampling)
    rows = []
    for code, (name, found) in enumerate(zip(data.classes, every, strict=True)):
        row = {"class": name, "support": int((data.labels == code).sum())}
        row["predicted"] = int((data.predictions == code).sum())
        for metric in ("precision", "recall"):
            each = found[metric]
            row |= {metric: each.value, f"{metric}_low": each.low, f"{metric}_high": each.high}
        row |= {"f1": found["f1"].value, "low": found["f1"].low, "high": found["f1"].high}
        rows.append(row | {"method": found["f1"].method, "note": found["f1"].note})
    return pd.DataFrame(rows)


def _errors(data: Predictions) -> pd.DataFrame:
    """List the mistakes that the candidate was surest of; without scores, the first ones."""
    wrong = np.flatnonzero(data.predictions != data.labels)
    rows, scores = np.arange(len(data.labels)), data.scores
    if scores is None:
        scores = np.full((len(rows), len(data.classes)), np.nan)
    said = scores[rows, data.predictions]
    chosen = wrong[np.argsort(-said[wrong], kind="stable")][:ERRORS]
    names = np.array(data.classes)
    errors = pd.DataFrame(
        {
            "row": data.items.index[chosen],
            "id": data.items["id"].to_numpy()[chosen],
            "label": names[data.labels[chosen]],
            "prediction": names[data.predictions[chosen]],
            "confidence": said[chosen],
            "confidence_in_label": scores[chosen, data.labels[chosen]],
        }
    )
    if data.reasons is not None:
        errors["leaned_on"] = data.reasons.reindex(errors["id"]).fillna("").to_numpy()
    return errors


def save(evaluation: Evaluation, robustness: pd.DataFrame, shift: pd.DataFrame) -> None:
    """Write metrics.json.

    Parameters
    ----------
    evaluation : Evaluation
    robustness, shift : DataFrame
        As ``robustness.by_noise`` and ``robustness.by_source`` give them; without rows where a
        study asks for neither.
    """
    from helpers.core import provenance

    e = evaluation
    ClassificationMetrics(
        study=e.study,
        candidate=e.candidate,
        model=e.model,
        adaptation=e.adaptation,
        n=e.n,
        primary=e.primary,
        metrics={name: Result(**asdict(each)) for name, each in e.metrics.items()},
        slices=SliceResult.from_table(e.slices),
        slice_gaps=SliceGap.from_table(e.gaps),
        robustness=CorruptionResult.from_table(robustness),
        shift=ShiftResult.from_table(shift),
        cost=Cost(**e.cost),
        provenance=Provenance(**provenance.collect()),
        classes=e.classes,
        per_class=ClassResult.from_table(e.per_class),
        confusion=e.confusion.tolist(),
        calibration=_calibration(e),
        selective=_curve(e.selective),
    ).write(e.study, e.candidate)


def _calibration(e: Evaluation) -> CalibrationResult | None:
    if e.calibration is None:
        return None
    return CalibrationResult(**asdict(e.calibration), brier=Brier(**e.brier))


def _curve(selective: Selective | None) -> SelectiveCurve | None:
    if selective is None:
        return None
    return SelectiveCurve(
        **{name: getattr(selective, name) for name in SelectiveCurve.model_fields}
    )
