"""How many labels each candidate saves, from what its fits on few labels answered."""

import numpy as np
import pandas as pd

from helpers.core.records.training import LearningCurve, Training

PLAIN = ("baseline", "scratch")  # adaptations of what was not pretrained


def measure(study: str, candidates: list[str]) -> tuple[pd.DataFrame, str]:
    """Return accuracy by labels (candidate, labels, value, low, high, needs) and the reference.

    That is the best, on average, for which nothing was pretrained; it ``needs`` so many labels to
    be as good, with limits at which the intervals of both would meet.
    """
    read = [Training.read(study, name) for name in candidates]
    curves = {each.candidate: each.few_labels for each in read if each.few_labels}
    plain = [each.candidate for each in read if each.adaptation in PLAIN and each.few_labels]
    means = {name: np.mean(curves[name].values) for name in plain or curves}
    reference = max(means, key=lambda name: means[name], default="")
    rows = [
        {"candidate": name, "labels": count, "value": value, "low": low, "high": high}
        | {"needs": "–" if name == reference else _needs(curves[reference], (value, low, high))}
        for name, each in curves.items()
        for count, value, low, high in zip(
            map(int, each.sizes), each.values, each.low, each.high, strict=True
        )
    ]
    return pd.DataFrame(rows), reference


def sentences(table: pd.DataFrame, reference: str) -> list[str]:
    """Say what each candidate gets right with the middle number of labels, and what that saves."""
    counts = sorted(table["labels"].unique()) if len(table) else [0]
    rows = table[table["labels"] == counts[len(counts) // 2]] if len(table) else table
    return [
        f"With {row.labels:,} labels, {row.candidate} is right on {100 * row.value:.0f} of 100 "
        f"test items ({100 * row.low:.0f} to {100 * row.high:.0f})"
        + f"; {reference} needs {row.needs} labels for that" * (row.needs != "–")
        + "."
        for row in rows.itertuples()
    ]


def _needs(reference: LearningCurve, limits: tuple[float, float, float]) -> str:
    """Write how many labels the reference needs for a value, its low and its high end."""
    counts, found = np.array(reference.sizes), list[str]()
    words = {0.0: f"up to {counts[0]:,.0f}", np.inf: f"over {counts[-1]:,.0f}"}
    own = (reference.values, reference.high, reference.low)
    for value, curve in zip(limits, own, strict=True):
        rising, ends = np.maximum.accumulate(curve), {"left": -np.inf, "right": np.inf}
        labels = float(np.exp(np.interp(value, rising, np.log(counts), **ends)))
        found.append(words.get(labels, f"{labels:,.0f}"))
    return f"{found[0]} [{found[1]} to {found[2]}]"
