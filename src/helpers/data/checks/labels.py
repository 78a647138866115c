"""D2: the labels and their classes."""

from os.path import splitext

import pandas as pd

from helpers.core.formatting import counted, listed
from helpers.data import encoded, tasks
from helpers.data.checks.registry import Facts, Found, check, losses, noticed, rows_where, tally

IMBALANCE = 3  # ratio of class sizes; always naming the largest of two then scores 0.75


@check("D201", "Missing labels", "error")
def missing_labels(facts: Facts) -> Found | None:
    """Items without a label; they are left out."""
    return rows_where(facts, facts.frame["label"].isna(), "no label")


@check("D202", "Labels without items or files without labels", "warning")
def unmatched(facts: Facts) -> Found | None:
    """Labels whose item is not there, and files that no label belongs to."""
    absent = [*facts.frame["id"][facts.survey.reason == encoded.NO_FILE], *facts.items.absent]
    loose, target = list(facts.items.unmatched), tasks.get(facts.items.task).target
    told = [f"{counted(len(absent), target)} without {facts.modality.ONE}"] if absent else []
    article = "an" if target[0] in "aeiou" else "a"
    told += [f"{counted(len(loose), 'file')} without {article} {target}"] if loose else []
    if not absent and not loose:
        return None
    lost, label = _lost_to_formats(facts), facts.frame["label"]
    gone = pd.Series(facts.survey.reason == encoded.NO_FILE, label.index)
    without = losses(label[gone].value_counts(), label[~gone].value_counts())
    consequence = f"Some files are of a format that is not read: {lost}." if lost else ""
    consequence += f" Files are missing: {without}." if without else ""
    detail = ", ".join(told) + (f"; not read: {lost}" if lost else "")
    detail += f"; left out: {without}" if without else ""
    return Found(len(absent) + len(loose), detail, absent + loose, consequence.strip())


def _lost_to_formats(facts: Facts) -> str:
    """Name the classes whose folders hold many files that are not read, and the way out.

    A file beside an item of its name, such as its annotation, is no loss.
    """
    stems = {splitext(str(path))[0] for path in facts.frame["path"]}
    classes = {*facts.frame["label"].dropna(), *facts.items.declared}
    loose = [(*splitext(name), name.split("/")[:-1]) for name in facts.items.unmatched]
    rows = [
        (suffix.lower() or "no suffix", next(filter(classes.__contains__, folders)))
        for stem, suffix, folders in loose
        if stem not in stems and not classes.isdisjoint(folders)
    ]
    lost = pd.DataFrame(rows, columns=["suffix", "label"])
    worst = losses(lost["label"].value_counts(), facts.frame["label"].value_counts())
    if not worst:
        return ""
    to = " or ".join(facts.modality.SUFFIXES[:2])
    return f"{worst} ({tally(lost['suffix'])}); convert them, such as to {to}"


@check("D203", "Empty classes", "warning")
def empty_classes(facts: Facts) -> Found | None:
    """Classes that the source names but that hold no usable item."""
    named = {*facts.items.declared, *facts.frame["label"].dropna()}
    empty = sorted(named.difference(facts.frame["label"][facts.usable]))
    detail = f"no usable {facts.modality.ONE} in {listed(empty, 10)}"
    words = f"Classes of the source are not in this comparison: {detail}."
    return Found(len(empty), detail, consequence=words) if empty else None


@check("D204", "Classes with a single example", "error")
def single_examples(facts: Facts) -> Found | None:
    """One example cannot be both trained on and tested on; the class is left out."""
    labels = facts.frame["label"].where(facts.usable)
    single = labels.map(labels.value_counts()) == 1
    return rows_where(facts, single, f"class {tally(labels[single])}")


@check("D205", "Imbalanced classes", "note")
def imbalance(facts: Facts) -> Found | None:
    """Compare the largest class with the smallest: when far apart, accuracy alone misleads."""
    counts = facts.frame["label"][facts.usable].value_counts()
    counts = counts[counts > 1]
    if len(counts) < 2 or counts.iloc[0] < IMBALANCE * counts.iloc[-1]:
        return None
    small = int((counts * IMBALANCE <= counts.iloc[0]).sum())
    largest, smallest = (f"{counts.index[end]} ({counts.iloc[end]})" for end in (0, -1))
    ratio = counts.iloc[0] / counts.iloc[-1]
    return Found(small, f"largest {largest}, smallest {smallest}: ratio {ratio:.1f}")


check(
    "D207",
    "Items outside the classes and splits",
    "warning",
    consequence="Items that lie outside the folders of classes or splits are left out.",
)(noticed("D207", __name__))
check("D217", "The same folders inside every class", "warning")(noticed("D217", __name__))
check("D208", "Hidden files and leftovers of programs", "note")(noticed("D208", __name__))
check("D209", "Links to nothing and closed folders", "warning")(noticed("D209", __name__))
check(
    "D210",
    "Splits that are not read",
    "warning",
    consequence="Other splits of the data set lie beside the source and are not read.",
)(noticed("D210", __name__))
