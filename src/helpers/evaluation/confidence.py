"""Whether a candidate's confidence in its predictions fits its errors."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.records.classification_metrics import Brier, CalibrationResult, SelectiveCurve
from helpers.core.records.parts import Result
from helpers.evaluation.predictions import Predictions
from helpers.metrics.calibration import Calibration, brier_parts, calibration, reliability
from helpers.metrics.classification import NO_SCORES
from helpers.metrics.selective_prediction import Selective, risk_coverage
from helpers.metrics.statistics.bootstrap import Resampling
from helpers.metrics.statistics.intervals import Estimate, undefined


@dataclass(frozen=True)
class Confidence:
    """Calibration and selective prediction; ``reliability`` has a row per bin."""

    calibration: Calibration
    selective: Selective
    reliability: pd.DataFrame
    brier: dict[str, float]

    def calibration_record(self) -> CalibrationResult:
        """Return the calibration as metrics.json has it."""
        fields = vars(self.calibration) | {"error": Result(**vars(self.calibration.error))}
        return CalibrationResult(**fields, brier=Brier(**self.brier))

    def curve_record(self) -> SelectiveCurve:
        """Return the risk-coverage curve as metrics.json has it."""
        curve = {name: getattr(self.selective, name) for name in SelectiveCurve.model_fields}
        return SelectiveCurve(**curve)


def measure(data: Predictions, resampling: Resampling) -> Confidence | None:
    """Compare the confidence in each prediction with whether it is correct; None without scores."""
    if data.scores is None:
        return None
    confidence = data.scores[np.arange(len(data.labels)), data.predictions]
    correct = data.predictions == data.labels
    return Confidence(
        calibration(confidence, correct, resampling),
        risk_coverage(confidence, ~correct, resampling),
        pd.DataFrame(reliability(confidence, correct, resampling)),
        brier_parts(confidence, correct),
    )


def metrics(confidence: Confidence | None) -> dict[str, Estimate]:
    """Return the metrics of confidence by name; undefined without scores."""
    names = ("expected-calibration-error", "aurc", "excess-aurc")
    if confidence is None:
        return dict.fromkeys(names, undefined(NO_SCORES))
    selective = confidence.selective
    values = (confidence.calibration.error, selective.area, selective.excess)
    return dict(zip(names, values, strict=True))
