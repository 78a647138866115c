"""What a classifier's evaluation says, in sentences."""

from helpers.core.formatting import counted, names
from helpers.evaluation import slices
from helpers.evaluation.classification import ClassificationEvaluation
from helpers.evaluation.confidence import Confidence
from helpers.evaluation.evaluation import interval
from helpers.metrics.names import metric_name


def of_evaluation(evaluation: ClassificationEvaluation) -> list[str]:
    """Say how good a candidate is, where it fails, and whether its confidence can be trusted."""
    e = evaluation
    found = [_headline(e)]
    if not e.constant:  # one class for all items: no best class, no confident items
        found.append(_classes(e))
        if e.confidence is not None:
            error_rate = 1 - e.metrics["accuracy"].value
            found += [_calibration(e.confidence), _selective(e.confidence, error_rate)]
    found += slices.sentences(e.slices)
    return [*filter(None, found), *_undefined(e)]


def _headline(e: ClassificationEvaluation) -> str:
    shown = dict.fromkeys([e.primary, "macro-f1"])
    values = ", ".join(f"{metric_name(name)} {interval(e.metrics[name])}" for name in shown)
    correct = int(e.confusion.trace())
    return f"{e.candidate}: {values}; {correct:,} of {counted(e.n, 'test item')} correct."


def _undefined(e: ClassificationEvaluation) -> list[str]:
    """Say which metrics have no value or no interval, and why, one sentence a reason."""
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
    error, floor = confidence.calibration.error.value, confidence.calibration.floor_high
    if error <= floor:
        return f"It is well calibrated: the calibration error {error:.3f} is within chance."
    bins = confidence.reliability
    gap = ((bins["confidence"] - bins["accuracy"]) * bins["count"]).sum()
    way = "overconfident" if gap > 0 else "underconfident"
    return f"It is {way}: calibration error {error:.3f}, by chance rarely above {floor:.3f}."


def _selective(confidence: Confidence, error_rate: float) -> str:
    """Say what answering only the more confident half of the items would bring."""
    curve = confidence.selective
    half = int(abs(curve.coverage - 0.5).argmin())
    if curve.coverage[half] == 1:
        return ""  # equally confident of all items
    change = "falls" if curve.risk[half] < error_rate else "goes"
    return (
        f"If it answers only the {curve.coverage[half]:.0%} of items it is most confident about, "
        f"its error rate {change} from {error_rate:.1%} to {curve.risk[half]:.1%} "
        f"[{curve.low[half]:.1%}, {curve.high[half]:.1%}]."
    )
