"""D2: the labels and their classes."""

import numpy as np

from helpers.core.formatting import counted
from helpers.data import encoded, tasks
from helpers.data.checks.registry import Facts, Found, check, rows_where, tally

IMBALANCE = 3
"""Largest class over smallest from which accuracy alone misleads: always naming it scores 0.75."""


@check("D201", "Labels missing", "error")
def missing_labels(facts: Facts) -> Found | None:
    """Items without a label; they are left out."""
    return rows_where(facts, facts.frame["label"].isna().to_numpy(), "no label")


@check("D202", "Labels and items unmatched", "warning")
def unmatched(facts: Facts) -> Found | None:
    """Labels whose item is not there, and files that no label belongs to."""
    absent = [*facts.frame["id"][facts.survey.reason == encoded.NO_FILE], *facts.items.absent]
    loose, label = list(facts.items.unmatched), tasks.get(facts.items.task).target
    detail = f"{counted(len(absent), label)} without {facts.one}"
    detail += f", {counted(len(loose), 'file')} without a {label}"
    return (len(absent) + len(loose), detail, absent + loose) if absent or loose else None


@check("D203", "Empty classes", "warning")
def empty_classes(facts: Facts) -> Found | None:
    """Classes that the source names but that hold no usable item."""
    usable = set(facts.frame["label"][facts.survey.reason == ""].dropna())
    named = {*facts.items.declared, *facts.frame["label"].dropna()}
    empty = sorted(named - usable)
    listed = f"no usable {facts.one} in {', '.join(empty[:10])}"
    return (len(empty), listed, []) if empty else None


@check("D204", "Classes with a single example", "error")
def single_examples(facts: Facts) -> Found | None:
    """One example cannot be both learnt from and tested on; the class is left out."""
    usable = facts.frame["label"].where(facts.survey.reason == "")
    lonely = usable.map(usable.value_counts()).to_numpy() == 1
    return rows_where(facts, lonely, f"class {tally(usable[lonely].to_numpy())}")


@check("D205", "Imbalanced classes", "note")
def imbalance(facts: Facts) -> Found | None:
    """Compare the largest class with the smallest: when far apart, accuracy alone misleads."""
    counts = facts.frame["label"][facts.survey.reason == ""].value_counts()
    counts = counts[counts > 1]
    if len(counts) < 2 or counts.iloc[0] < IMBALANCE * counts.iloc[-1]:
        return None
    ratio = counts.iloc[0] / counts.iloc[-1]
    small = counts.index[counts * IMBALANCE <= counts.iloc[0]]
    largest, smallest = (f"{counts.index[at]} {counts.iloc[at]}" for at in (0, -1))
    detail = f"{largest}, {smallest}: {ratio:.1f} to 1"
    return int(np.size(small)), detail, []
