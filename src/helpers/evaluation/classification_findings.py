"""What a report's numbers say, in sentences for people."""

from helpers.core.formatting import counted, names
from helpers.evaluation import slices
from helpers.evaluation.classification import Evaluation
from helpers.metrics.names import metric_name
from helpers.metrics.statistics.intervals import Estimate


def of_evaluation(evaluation: Evaluation) -> list[str]:
    """Say how good a candidate is, where it fails, and whether its confidence can be believed."""
    found = [_headline(evaluation)]
    if not evaluation.constant:  # who always says the same knows no class and declines nothing
        found.append(_classes(evaluation))
        if evaluation.calibration is not None:
            found += [_calibration(evaluation), _selective(evaluation)]
    found += slices.sentences(evaluation.slices, evaluation.gaps)
    return [*filter(None, found), *_undefined(evaluation)]


def _headline(e: Evaluation) -> str:
    shown = dict.fromkeys([e.primary, "macro-f1"])
    values = ", ".join(f"{metric_name(name)} {_value(e.metrics[name])}" for name in shown)
    right = int(e.confusion.trace())
    return f"{e.candidate}: {values}; right on {right:,} of {counted(e.n, 'test item')}."


def _value(found: Estimate) -> str:
    if found.value != found.value:
        return "undefined"
    limits = f" [{found.low:.3f}, {found.high:.3f}]" if found.low == found.low else ""
    return f"{found.value:.3f}{limits}"


def _undefined(e: Evaluation) -> list[str]:
    """Say which metrics have no interval and why, a reason at a time."""
    reasons: dict[str, list[str]] = {}
    for name, found in e.metrics.items():
        if found.note and found.low != found.low:
            why = found.note.removeprefix("undefined here: ")
            reasons.setdefault(why, []).append(metric_name(name))
    return [f"Undefined, as {why}: {names(which)}." for why, which in reasons.items()]


def _classes(e: Evaluation) -> str:
    known = e.per_class.dropna(subset=["f1"]).sort_values("f1", kind="stable")
    if len(known) < 2:
        return ""
    worst, best = known.iloc[0], known.iloc[-1]
    return (
        f"The class it knows least is {worst['class']} (F1 {worst['f1']:.3f}, {worst['support']} "
        f"test items), best {best['class']} (F1 {best['f1']:.3f}, {best['support']} test items)."
    )


def _calibration(e: Evaluation) -> str:
    error, floor = e.calibration.error.value, e.calibration.floor_high
    if error <= floor:
        return (
            f"Its confidence can be believed: its calibration error {error:.3f} is within chance."
        )
    table = e.reliability
    gap = ((table["confidence"] - table["accuracy"]) * table["count"]).sum()
    way = "too sure of itself" if gap > 0 else "better than it says"
    errors = f"calibration error {error:.3f}, by chance seldom above {floor:.3f}"
    return f"On the whole it is {way}: {errors}."


def _selective(e: Evaluation) -> str:
    """Say what declining the least sure half of the items would bring."""
    curve, all_of_it = e.selective, 1 - e.metrics["accuracy"].value
    half = int(abs(curve.coverage - 0.5).argmin())
    if curve.coverage[half] == 1:
        return ""  # as sure of all as of any: there is nothing to decline
    return (
        f"Answering only the {curve.coverage[half]:.0%} that it is surest of, it errs on "
        f"{100 * curve.risk[half]:.1f} of 100 [{100 * curve.low[half]:.1f}, "
        f"{100 * curve.high[half]:.1f}] in place of {100 * all_of_it:.1f}."
    )
