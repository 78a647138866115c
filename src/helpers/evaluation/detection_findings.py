"""What a detector's evaluation says, in sentences."""

from helpers.core.formatting import counted
from helpers.evaluation import robustness, slices
from helpers.evaluation.detection import DetectionEvaluation
from helpers.evaluation.evaluation import interval
from helpers.evaluation.plain_shares import alarms, of_ten
from helpers.metrics.names import metric_name

ERRORS = {  # TIDE's kinds, as readers see them
    "class": "right place, wrong class",
    "location": "right class, badly placed",
    "both": "wrong class and badly placed",
    "duplicate": "found twice",
    "background": "nothing there",
    "missed": "missed",
}
MATTERS = 0.005  # AP50 that a kind of error must cost to be told


def of_evaluation(evaluation: DetectionEvaluation) -> list[str]:
    """Say what a detector finds, how many false alarms it gives, where and how it fails."""
    e, shown = evaluation, dict.fromkeys([evaluation.primary, "average-precision-50"])
    values = ", ".join(f"{metric_name(name)}: {interval(e.metrics[name])}" for name in shown)
    many = f"{counted(e.objects, 'object')} in {counted(e.n, 'image')}"
    lines = [
        f"{e.candidate}, {many}. {values[0].upper()}{values[1:]}.",
        at_threshold(e),
        *_false_positives(e),
        _errors(e),
    ]
    lines += [_classes(e), _calibration(e), *slices.sentences(e.slices)]
    lines += [robustness.sentence(e.robustness), *e.cautions]
    return [*filter(None, lines), e.resampled, *e.doubts]


def at_threshold(e: DetectionEvaluation) -> str:
    """Say what is found and what is false at the threshold, so that anyone understands."""
    if e.threshold is None:
        return (
            "No threshold is chosen, for lack of boxes in validation images; without one there is "
            "no precision, recall, F1 or number of false alarms."
        )
    recall, precision, false = (
        e.metrics[name].value
        for name in ("detection-recall", "detection-precision", "false-positives-per-image")
    )
    found = of_ten(recall, "objects") if recall == recall else "nothing, as there is no object"
    start = f"With boxes of score {e.threshold:.2f} or more (chosen on validation) it finds {found}"
    if precision != precision:
        return f"{start}: no box has such a score."
    if not false:
        return f"{start}, without a false alarm."
    return f"{start}; {of_ten(1 - precision, 'boxes')} are false: {alarms(false)}."


def _false_positives(e: DetectionEvaluation) -> list[str]:
    """Say how many false boxes it takes to find nearly all; nothing where there is no object."""
    lines: list[str] = []
    for row in e.froc.itertuples() if e.objects else ():
        if row.value != row.value:
            most = e.curves[0]["recall"].max()
            most = 0.0 if most != most else most
            return [*lines, f"It finds {most:.0%} of the objects at most, at whatever score."]
        many = f"{row.recall:.0%} of the objects come with {interval(row)}"
        lines.append(f"{many} false boxes an image.")
    return lines


def _errors(e: DetectionEvaluation) -> str:
    """Say which kinds of error cost most."""
    costs = sorted(((cost, name) for name, cost in e.errors.items()), reverse=True)
    costs = [(cost, name) for cost, name in costs if cost >= MATTERS]
    told = ", ".join(f"{ERRORS[name]} ({100 * cost:.1f} points)" for cost, name in costs[:2])
    return f"What costs most of the precision at IoU .5: {told}." if told else ""


def _classes(e: DetectionEvaluation) -> str:
    ranked = e.per_class.dropna(subset=["ap"]).sort_values("ap", kind="stable")
    if len(ranked) < 2 or ranked["ap"].max() - ranked["ap"].min() < slices.LEAST_GAP:
        return ""
    worst, best = (
        f"{row['class']} (AP {row['ap']:.3f}, {counted(row['objects'], 'object')})"
        for _, row in ranked.iloc[[0, -1]].iterrows()
    )
    return f"Worst class: {worst}; best: {best}."


def _calibration(e: DetectionEvaluation) -> str:
    if e.calibration is None or e.calibration.error.low != e.calibration.error.low:
        return ""
    error, floor = e.calibration.error.value, e.calibration.floor_high
    if error <= floor:
        return f"Its scores are right as often as they say, as far as can be told ({error:.3f})."
    bins = e.reliability
    high = ((bins["confidence"] - bins["accuracy"]) * bins["count"]).sum() > 0
    way = "less" if high else "more"
    return (
        f"A score is no probability here: boxes are right {way} often than their scores say, by "
        f"{error:.3f} on average, by chance rarely above {floor:.3f}."
    )
