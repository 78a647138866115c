"""How many labels each candidate saves, from what its fits on few labels answered."""

import numpy as np
import pandas as pd

from helpers.core.records.training import LearningCurve, Training


def measure(study: str, candidates: list[str]) -> tuple[pd.DataFrame, str, str]:
    """Return accuracy by labels (candidate, labels, value, low, high, needs) and the reference.

    That is the best, on average, that was not pretrained; it ``needs`` so many labels to be as
    good, with limits at which the intervals of both would meet. Third, why numbers of labels that
    were asked for are not there, if any.
    """
    read = [Training.read(study, name) for name in candidates]
    curves = {each.candidate: each.few_labels for each in read if each.few_labels}
    reason = next((each.reason for each in curves.values() if each.reason), "")
    curves = {name: each for name, each in curves.items() if each.sizes}
    kinds = {each.candidate: each.adaptation for each in read}
    plain = [name for name in curves if kinds[name] in ("baseline", "scratch")] or [*curves]
    means = {name: np.mean(curves[name].values) for name in plain}
    reference = max(means, key=lambda name: means[name], default="")
    rows = [
        {"candidate": name, "labels": int(count), "value": found[0], "low": found[1]}
        | {
            "high": found[2],
            "needs": _needs(curves[reference], found) if name != reference else "–",
        }
        for name, each in curves.items()
        for count, *found in zip(each.sizes, each.values, each.low, each.high, strict=True)
    ]
    return pd.DataFrame(rows), reference, reason


def _needs(reference: LearningCurve, limits: list[float]) -> str:
    """Write how many labels the reference needs for a value, its low and its high end."""
    counts, found = np.array(reference.sizes), list[str]()
    words = {0.0: f"up to {counts[0]:,.0f}", np.inf: f"over {counts[-1]:,.0f}"}
    own = (reference.values, reference.high, reference.low)
    for value, curve in zip(limits, own, strict=True):
        rising, ends = np.maximum.accumulate(curve), {"left": -np.inf, "right": np.inf}
        labels = float(np.exp(np.interp(value, rising, np.log(counts), **ends)))
        found.append(words.get(labels, f"{labels:,.0f}"))
    return f"{found[0]} [{found[1]} to {found[2]}]"
