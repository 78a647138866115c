"""Evaluate a detector: precision with intervals, classes, kinds of error, scores, slices."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.errors import UserError, check_known
from helpers.core.records import detection_metrics as records
from helpers.core.records.data import DataRecord
from helpers.core.records.metrics import CorruptionResult
from helpers.core.records.parts import Result
from helpers.evaluation import detected_boxes, detection_mistakes, detection_parts
from helpers.evaluation.detected_boxes import DetectedBoxes
from helpers.evaluation.evaluation import USUAL, Evaluation
from helpers.evaluation.slices import check_columns, tabulate
from helpers.metrics import detection as metrics
from helpers.metrics import registry
from helpers.metrics.calibration import Calibration
from helpers.metrics.statistics.bootstrap import Resampling

FEW, COMPOSED = "D419", "D521"  # checks: few boxes of a class, scenes that were composed
UNCHOSEN = 0.5  # score of the boxes shown and counted by kind where no threshold was chosen


@dataclass(frozen=True, kw_only=True)
class DetectionEvaluation(Evaluation):
    """A detector's evaluation; ``resampled`` says what the intervals stand for.

    ``threshold`` is the score chosen on validation, or None; boxes from ``from_score`` on are in
    ``confusion``, ``mistakes`` and ``overlaps``. ``curves`` are the precision and recall of all
    boxes and then of each class; ``froc`` has a row a recall, ``errors`` what each kind of error
    costs, and ``robustness`` a row a condition.
    """

    BESIDE = ("mean-average-precision", "average-precision-50", "average-precision-75")

    boxes: DetectedBoxes
    objects: int
    threshold: float | None
    from_score: float
    resampled: str
    per_class: pd.DataFrame
    curves: list[pd.DataFrame]
    froc: pd.DataFrame
    errors: dict[str, float]
    confusion: NDArray[np.int64]
    calibration: Calibration | None
    reliability: pd.DataFrame
    mistakes: pd.DataFrame
    overlaps: pd.DataFrame
    robustness: pd.DataFrame
    cautions: list[str]


def evaluate(
    study: str,
    candidate: str,
    primary: str = "mean-average-precision",
    slices: Sequence[str] = (),
    resampling: Resampling = USUAL,
) -> DetectionEvaluation:
    """Evaluate a candidate from its boxes and the true ones alone.

    ``slices`` are columns of splits.parquet; the data give ``resampling`` its groups. An unknown
    metric or column, or a metric that needs a threshold where none can be chosen, raises a
    UserError.
    """
    check_known("metric", primary, registry.names("detection", may_choose=True))
    data = detected_boxes.read(study, candidate)
    check_columns(slices, data.images, study)
    chosen, resampling = threshold(study, candidate), replace(resampling, groups=data.groups)
    if chosen is None and primary in registry.functions("boxes"):
        better = "choose mean-average-precision"
        raise UserError(f"{primary}: no boxes in validation images to choose a threshold: {better}")
    matches, score = metrics.match(data.table), UNCHOSEN if chosen is None else chosen
    compare = detection_parts.slicing(matches, primary, chosen, data.images, resampling)
    images = detection_parts.described(data)
    calibrated, reliability = detection_parts.calibration(matches, resampling)
    outcomes = metrics.outcomes(data.table, score)
    per_class = metrics.by_class(matches, resampling, chosen)
    per_class.insert(0, "class", data.classes)
    return DetectionEvaluation(
        study=study,
        candidate=candidate,
        model=data.training.resolved_model,
        adaptation=data.training.adaptation,
        primary=primary,
        n=len(images),
        metrics=metrics.estimates(matches, resampling, chosen),
        slices=tabulate(images, [*slices, *detection_parts.OWN], primary, compare),
        cost=data.training.cost.facts(),
        doubts=[*_said(study, COMPOSED), *data.training.cautions],
        boxes=data,
        objects=int((~data.truth["ignored"]).sum()),
        threshold=chosen,
        from_score=score,
        resampled=data.resampled,
        per_class=per_class,
        curves=detection_parts.curves(matches),
        froc=detection_parts.false_positives(matches, resampling),
        errors=metrics.tide(data.table),
        confusion=metrics.confusion(data.table, score),
        calibration=calibrated,
        reliability=reliability,
        mistakes=detection_mistakes.choose(data, outcomes),
        overlaps=detection_mistakes.by_overlap(data, outcomes),
        robustness=detection_parts.by_corruption(data, primary, chosen, resampling),
        cautions=_said(study, FEW),
    )


def threshold(study: str, candidate: str) -> float | None:
    """Choose the lowest score that counts on the validation images; None without boxes there."""
    data = detected_boxes.validation(study, candidate)
    if data is None or not (~data.truth["ignored"]).any():
        return None
    return metrics.best_threshold(metrics.match(data.table))


def _said(study: str, code: str) -> list[str]:
    """Repeat what a check of the data says of all scores."""
    checks = DataRecord.read(study).checks
    return [each.consequence for each in checks if each.code == code and each.count]


def save(evaluation: DetectionEvaluation) -> None:
    """Write metrics.json."""
    e, groups = evaluation, evaluation.boxes.groups
    records.DetectionMetrics(
        **e.record_fields(),
        robustness=CorruptionResult.from_table(e.robustness),
        classes=e.boxes.classes,
        objects=e.objects,
        threshold=e.threshold,
        groups=None if groups is None else len(np.unique(groups)),
        resampled=e.resampled,
        per_class=records.DetectedClass.from_table(e.per_class),
        confusion=e.confusion.tolist(),
        errors=dict[str, float | None](e.errors),
        false_positives=records.FalsePositives.from_table(e.froc),
        calibration=Result(**asdict(e.calibration.error)) if e.calibration else None,
        cautions=e.cautions,
    ).write(e.study, e.candidate)
