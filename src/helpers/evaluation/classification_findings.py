"""What a classifier's evaluation says, in sentences."""

import numpy as np

from helpers.core.formatting import counted, names
from helpers.evaluation import slices
from helpers.evaluation.classification import ClassificationEvaluation
from helpers.evaluation.confidence import Confidence
from helpers.evaluation.evaluation import interval
from helpers.metrics.names import metric_name


def of_evaluation(evaluation: ClassificationEvaluation) -> list[str]:
    """Say how good a candidate is, where it fails, and whether its confidence can be trusted."""
    e, shown = evaluation, dict.fromkeys([evaluation.primary, "macro-f1"])
    values = ", ".join(f"{metric_name(name)} {interval(e.metrics[name])}" for name in shown)
    correct = f"{e.confusion.trace():,} of {counted(e.n, 'test item')} correct"
    lines = [f"{e.candidate}: {values}; {correct}."]
    if not e.constant:  # one class for all items: no best class, no confident items
        lines.append(_classes(e))
        if e.confidence is not None:
            error_rate = 1 - e.metrics["accuracy"].value
            lines += [_calibration(e.confidence), _selective(e.confidence, error_rate)]
    lines += slices.sentences(e.slices)
    return [*filter(None, lines), *_undefined(e), *e.doubts]


def _undefined(e: ClassificationEvaluation) -> list[str]:
    """Say which metrics have no value or no interval, one sentence per reason."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for name, value in e.metrics.items():
        if value.note and value.low != value.low:
            what = "Undefined" if value.value != value.value else "No interval"
            reasons.setdefault((what, value.note), []).append(metric_name(name))
    return [f"{what}: {names(which)} ({why})." for (what, why), which in reasons.items()]


def _classes(e: ClassificationEvaluation) -> str:
    ranked = e.per_class.dropna(subset=["f1"]).sort_values("f1", kind="stable")
    if len(ranked) < 2:
        return ""
    worst, best = (
        f"{row['class']} (F1 {row['f1']:.3f}, {row['support']} test items)"
        for _, row in ranked.iloc[[0, -1]].iterrows()
    )
    return f"Worst class: {worst}; best: {best}."


def _calibration(confidence: Confidence) -> str:
    estimate, floor = confidence.calibration.error, confidence.calibration.floor_high
    error = estimate.value
    if np.isnan(estimate.low):
        return ""  # too few items to say
    if error <= floor or estimate.low <= 0:  # the interval knows of groups, the floor does not
        seen = f"No miscalibration beyond chance was seen: calibration error {error:.3f}"
        return f"{seen}; up to {estimate.high:.3f} is not excluded."
    bins = confidence.reliability
    gap = ((bins["confidence"] - bins["accuracy"]) * bins["count"]).sum()
    way = "overconfident" if gap > 0 else "underconfident"
    return f"It is {way}: calibration error {error:.3f}, by chance rarely above {floor:.3f}."


def _selective(confidence: Confidence, error_rate: float) -> str:
    """Say what answering only the half of the items with most confidence would bring."""
    curve = confidence.selective
    half = int(abs(curve.coverage - 0.5).argmin())
    if curve.coverage[half] == 1:
        return ""  # equally confident of all items
    before, after = f"{error_rate:.1%}", f"{curve.risk[half]:.1%}"
    change = f"{'falls' if curve.risk[half] < error_rate else 'goes'} from {before} to"
    return (
        f"If it answers only the {curve.coverage[half]:.0%} of items it is most confident about, "
        f"its error rate {'stays at' if before == after else change} {after} "
        f"[{curve.low[half]:.1%}, {curve.high[half]:.1%}]."
    )
